import { roleConfigurationOf, roleConfigurationText } from "../node/role-configuration";
import type { NodePlatform } from "../node/platform";
import type { ClusterSpec } from "../spec/cluster-spec";
import { roles } from "../spec/roles";
import type { DesiredRepair } from "../spec/store";

/**
 * What the pipeline wants of the machines, by the objects of the store that say so.
 * @param agent digest of the agent's bundle
 */
export function desiredObjects({
  spec,
  node,
  agent,
}: {
  readonly spec: ClusterSpec;
  readonly node: NodePlatform;
  readonly agent: string;
}): Record<string, string> {
  return {
    ...Object.fromEntries(roles.map((role) => [`desired/${role}`, roleConfigurationText(roleConfigurationOf(spec, role, node, agent))])),
    "desired/repair": `${JSON.stringify(desiredRepair(spec), null, 2)}\n`,
  };
}

function desiredRepair(spec: ClusterSpec): DesiredRepair {
  const { workersAtOncePercent, windows, pausedUntil } = spec.repair;
  return { workersAtOncePercent, windows, ...(pausedUntil === undefined ? {} : { pausedUntil }), backup: spec.backup };
}
