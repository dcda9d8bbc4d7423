import type { Problem } from "../../spec/problems";
import type { Rule } from "../../spec/rules/rule";
import { userDataFits } from "../user-data-fits";
import { node } from "./node";
import { alternativesNone, clustersForAll, imagesForAll, sizesByNumber } from "./rules/machines";
import { apiAddressFree, apiInternal, gatewayFree, machinesInSegment, seatsLength } from "./rules/network";
import { credentialsDiffer, datastoreFixed, sitesHaveZones, zonesHaveSites } from "./rules/place";
import type { VsphereSpec } from "./spec";

/** Every rule that only vSphere has. */
export const vsphereRules: readonly Rule<keyof VsphereSpec>[] = [
  ...[zonesHaveSites, sitesHaveZones, datastoreFixed, credentialsDiffer],
  ...[seatsLength, machinesInSegment, gatewayFree, apiAddressFree, apiInternal],
  ...[sizesByNumber, alternativesNone, imagesForAll, clustersForAll],
  userDataFits(node),
];

export function check(spec: VsphereSpec): readonly Problem[] {
  return vsphereRules.flatMap((rule) => rule.check(spec));
}
