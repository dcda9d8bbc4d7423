import type { ClusterSpec } from "../../spec/cluster-spec";
import type { Problem } from "../../spec/problems";

export function check(spec: ClusterSpec): readonly Problem[] {
  return spec === undefined ? [] : [];
}
