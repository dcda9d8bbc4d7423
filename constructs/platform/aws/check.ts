import type { ClusterSpec } from "../../spec/cluster-spec";
import type { Problem } from "../../spec/problems";
import type { Rule } from "../../spec/rules/rule";
import { userDataFits } from "../user-data-fits";
import { node } from "./node";
import { alternativesDiffer, imagesForAll, sizesFit, typesKnown, typesRunArchitecture } from "./rules/machines";
import { imageInPartition, nameFree, tagsFew, tagsFree } from "./rules/naming";
import { arnsHere, regionKnown, subnetsLength, vpcLength, zonesInRegion } from "./rules/place";

/** Every rule that only AWS has. */
export const awsRules: readonly Rule<keyof ClusterSpec>[] = [
  ...[regionKnown, zonesInRegion, vpcLength, subnetsLength, arnsHere, imageInPartition],
  ...[typesKnown, typesRunArchitecture, sizesFit, alternativesDiffer, imagesForAll],
  ...[nameFree, tagsFree, tagsFew],
  userDataFits(node),
];

export function check(spec: ClusterSpec): readonly Problem[] {
  return awsRules.flatMap((rule) => rule.check(spec));
}
