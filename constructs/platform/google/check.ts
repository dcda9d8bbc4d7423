import type { Problem } from "../../spec/problems";
import type { Rule } from "../../spec/rules/rule";
import { machineRules } from "../machine-rules";
import { userDataFits } from "../user-data-fits";
import { googleTypes } from "./machine-types";
import { node } from "./node";
import { bucketNameFree, labelsFew, labelsFit, labelsOwn } from "./rules/naming";
import { keysHere, publicApiNamed, regionKnown, zonesInRegion } from "./rules/place";
import { noAlternatives, spotWhole } from "./rules/workers";
import type { GoogleSpec } from "./spec";

/** Every rule that only Google Cloud has. */
export const googleRules: readonly Rule<keyof GoogleSpec>[] = [
  ...[regionKnown, zonesInRegion, publicApiNamed, keysHere],
  ...machineRules(googleTypes),
  ...[spotWhole, noAlternatives],
  ...[bucketNameFree, labelsFit, labelsOwn, labelsFew],
  userDataFits(node),
];

export function check(spec: GoogleSpec): readonly Problem[] {
  return googleRules.flatMap((rule) => rule.check(spec));
}
