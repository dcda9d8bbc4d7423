import type { ClusterSpec } from "./cluster-spec";
import type { Cidr } from "./cidr";
import { zoneBlocks } from "./subnets";

/** One zone of a cluster, with the blocks that its machines live in. */
export interface Zone {
  readonly name: string;
  readonly seats: Cidr;
  readonly workers: Cidr;
}

/** What of a cluster decides where its machines live. */
export type Placed = Pick<ClusterSpec, "placement" | "network">;

/** The zones in the order of the placement, which is also the order of the seats. */
export function zonesOf(spec: Placed): readonly Zone[] {
  const { placement } = spec;
  const network = placement.network;
  return placement.zones.map((name, index) => {
    if (network !== undefined && "seats" in network) return { name, seats: network.seats, workers: network.workers };
    if (network !== undefined && "subnets" in network) {
      const subnets = network.subnets[name];
      if (!subnets) throw new Error(`placement.network.subnets names no subnets of zone ${name}; readSpec() would have said so`);
      return { name, seats: subnets.seats.cidr, workers: subnets.workers.cidr };
    }
    const blocks = zoneBlocks(spec.network.nodes, index);
    return { name, seats: blocks.seats, workers: blocks.workers };
  });
}

/** Every block that holds machines of the cluster. */
export function nodeBlocks({ placement, network: { nodes } }: Placed): readonly Cidr[] {
  const { network } = placement;
  if (network !== undefined && "seats" in network) return [network.seats, network.workers];
  if (network === undefined || !("subnets" in network)) return [nodes];
  return placement.zones.flatMap((zone) => {
    const subnets = network.subnets[zone];
    return subnets ? [subnets.seats.cidr, subnets.workers.cidr] : [];
  });
}
