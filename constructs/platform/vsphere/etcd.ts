import { VirtualDisk } from "@cdktf/provider-vsphere/lib/virtual-disk";
import { names } from "../../spec/names";
import { etcdSeats } from "../../spec/seats";
import { dataLifecycle, type Context } from "./context";
import type { Inventory, Placed } from "./machine";
import { buildSeat } from "./seat";

/** The second place of the first controller: agents find the volume there. */
const volumeUnit = 1;

/** Seats with a volume that outlives every machine: a disk of its own, on one datastore, which no machine owns. */
export function etcdTier(context: Context, inventory: Inventory): readonly Placed[] {
  const { stack, spec, placement } = context;
  return etcdSeats(spec).map((seat) => {
    const path = `${names.inventory(spec)}/${names.of(spec, seat.name)}.vmdk`;
    const volume = new VirtualDisk(stack, `${seat.name}-volume`, {
      datacenter: inventory.sites.datacenter,
      datastore: placement.sites[seat.zone]?.datastore ?? "",
      vmdkPath: path,
      createDirectories: true,
      // Nothing of somebody else's is ever read back from it, and no first write has to wait for zeros.
      type: "eagerZeroedThick",
      size: spec.etcd.volumeGiB,
      // Some datastores (NFS, vSAN) have a type of their own, and the provider would make a new disk for that.
      lifecycle: { ...dataLifecycle(context), ignoreChanges: ["type", "vmdk_path"] },
    });
    return buildSeat(context, inventory, seat, {
      tier: spec.etcd,
      volume: {
        label: "etcd",
        attach: true,
        path: volume.vmdkPath,
        datastoreId: inventory.sites.at(seat.zone, spec.etcd.architecture).datastore,
        unitNumber: volumeUnit,
        // A snapshot of the machine must not turn back the member's data.
        diskMode: "independent_persistent",
      },
    });
  });
}
