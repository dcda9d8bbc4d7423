import { ComputeClusterVmAntiAffinityRule } from "@cdktf/provider-vsphere/lib/compute-cluster-vm-anti-affinity-rule";
import { ComputeClusterVmGroup } from "@cdktf/provider-vsphere/lib/compute-cluster-vm-group";
import { ComputeClusterVmHostRule } from "@cdktf/provider-vsphere/lib/compute-cluster-vm-host-rule";
import { names } from "../../spec/names";
import type { Context } from "./context";
import type { Placed } from "./machine";

/**
 * Seats of a tier that share a compute cluster stand on different hosts. No rule is mandatory: HA starts a machine on any
 * host rather than on none.
 */
export function apart({ stack, spec }: Context, tier: string, placed: readonly Placed[]): void {
  for (const [cluster, all] of groupedBy(placed, ({ place }) => place.cluster)) {
    const [first] = all;
    if (first === undefined || all.length < 2) continue;
    new ComputeClusterVmAntiAffinityRule(stack, `${tier}-apart-${cluster}`, {
      name: names.of(spec, `${tier}-apart`),
      computeClusterId: first.place.clusterId,
      virtualMachineIds: all.map(({ machine }) => machine.id),
      mandatory: false,
    });
  }
}

/** Where a zone is some hosts of a compute cluster, its machines keep to them. */
export function inZones({ stack, spec }: Context, placed: readonly Placed[]): void {
  for (const [zone, all] of groupedBy(placed, ({ zone, place }) =>
    place.hostGroup === undefined ? undefined : `${zone}-${place.cluster}`,
  )) {
    const [first] = all;
    if (first?.place.hostGroup === undefined) continue;
    const { clusterId: computeClusterId, hostGroup } = first.place;
    const group = new ComputeClusterVmGroup(stack, `machines-${zone}`, {
      name: names.of(spec, first.zone),
      computeClusterId,
      virtualMachineIds: all.map(({ machine }) => machine.id),
    });
    new ComputeClusterVmHostRule(stack, `in-${zone}`, {
      name: names.of(spec, `in-${first.zone}`),
      computeClusterId,
      vmGroupName: group.name,
      affinityHostGroupName: hostGroup,
      mandatory: false,
    });
  }
}

function groupedBy(placed: readonly Placed[], keyOf: (one: Placed) => string | undefined): ReadonlyMap<string, readonly Placed[]> {
  const groups = new Map<string, Placed[]>();
  for (const one of placed) {
    const key = keyOf(one);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups;
}
