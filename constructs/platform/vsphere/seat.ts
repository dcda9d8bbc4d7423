import type { VirtualMachineDisk } from "@cdktf/provider-vsphere/lib/virtual-machine";
import { prefixOf } from "../../spec/cidr";
import type { ClusterSpec } from "../../spec/cluster-spec";
import { defaults } from "../../spec/defaults";
import { names } from "../../spec/names";
import type { Seat } from "../../spec/seats";
import type { Context } from "./context";
import { placed, type Inventory, type Placed } from "./machine";

export interface SeatProps {
  readonly tier: ClusterSpec["etcd"] | ClusterSpec["masters"];
  readonly volume?: VirtualMachineDisk;
}

/** A seat: a name and a fixed address, and the machine that has them. Whoever makes it anew finds both here. */
export function buildSeat(context: Context, inventory: Inventory, seat: Seat, { tier, volume }: SeatProps): Placed {
  const { spec, placement } = context;
  const { cidr, gateway, dns } = placement.network;
  const asked = spec.network.dns.length > 0 ? spec.network.dns : dns;
  return placed(context, inventory, {
    id: seat.name,
    guest: {
      machine: { role: seat.role, name: seat.name },
      name: names.of(spec, seat.name),
      zone: seat.zone,
      network: { address: `${seat.address}/${prefixOf(cidr)}`, gateway, dns: asked },
    },
    size: tier.size,
    architecture: tier.architecture,
    diskGiB: defaults.rootDiskGiB,
    member: seat.name,
    moves: false,
    ...(volume && { volume }),
  });
}
