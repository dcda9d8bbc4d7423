import type { ClusterSpec } from "../spec/cluster-spec";
import { baseFlows, type Flow } from "../spec/flows";

/** The only list of who may talk to whom between machines: the base of every cluster, and what its intent adds. */
export function flows(spec: ClusterSpec): readonly Flow[] {
  return [...baseFlows(spec), ...spec.segmentation.machines];
}
