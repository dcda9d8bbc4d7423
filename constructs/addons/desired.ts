import type { ClusterSpec } from "../spec/cluster-spec";
import type { DesiredAddons } from "../spec/store";

/** What the masters are to keep applied, as the add-on stack writes it to `desired/addons`. */
export function desiredAddons(spec: ClusterSpec): DesiredAddons {
  return { format: 1, cluster: spec.name, cni: spec.addons.cni };
}
