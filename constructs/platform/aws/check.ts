import type { Problem } from "../../spec/problems";
import type { Rule } from "../../spec/rules/rule";
import { alternativesDiffer, machineRules } from "../machine-rules";
import { userDataFits } from "../user-data-fits";
import { awsTypes } from "./machine-types";
import { node } from "./node";
import { imageInPartition, nameFree, tagsFew, tagsFree } from "./rules/naming";
import { arnsHere, publicSubnets, regionKnown, subnetsLength, vpcLength, zonesInRegion } from "./rules/place";
import type { AwsSpec } from "./spec";

/** Every rule that only AWS has. */
export const awsRules: readonly Rule<keyof AwsSpec>[] = [
  ...[regionKnown, zonesInRegion, vpcLength, subnetsLength, publicSubnets, arnsHere, imageInPartition],
  ...[...machineRules(awsTypes), alternativesDiffer(awsTypes)],
  ...[nameFree, tagsFree, tagsFew],
  userDataFits(node),
];

export function check(spec: AwsSpec): readonly Problem[] {
  return awsRules.flatMap((rule) => rule.check(spec));
}
