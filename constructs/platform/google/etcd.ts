import { ComputeDisk } from "@cdktf/provider-google/lib/compute-disk";
import type { ITerraformDependable } from "cdktf";
import { names } from "../../spec/names";
import { etcdSeats } from "../../spec/seats";
import { seatTag, volumeDevice } from "../../spec/tag-names";
import type { Accounts } from "./access";
import { dataLifecycle, type Context } from "./context";
import { googleFacts } from "./facts";
import type { Keys } from "./keys";
import { labels } from "./labels";
import { diskTypes } from "./machine-types";
import type { NetworkIds } from "./network";
import { buildSeat } from "./seat";

/** Base rates of Hyperdisk Balanced; etcd asks for 500 sequential IOPS under heavy load: https://etcd.io/docs/v3.6/op-guide/hardware/ */
const hyperdisk = { provisionedIops: 3000, provisionedThroughput: 140 };

/** Seats with a volume that outlives every machine. */
export function etcdTier(context: Context, network: NetworkIds, accounts: Accounts, keys: Keys, before: ITerraformDependable[]): void {
  const { stack, spec } = context;
  const type = diskTypes(googleFacts.machineType(spec.etcd.size, spec.etcd.architecture)).volume;
  etcdSeats(spec).forEach((seat, place) => {
    const volume = new ComputeDisk(stack, `${seat.name}-volume`, {
      name: names.of(spec, seat.name),
      zone: seat.zone,
      size: spec.etcd.volumeGiB,
      type,
      ...(type.startsWith("hyperdisk") ? hyperdisk : {}),
      diskEncryptionKey: { kmsKeySelfLink: keys.volumes },
      createSnapshotBeforeDestroy: context.protect,
      labels: labels(spec, { [seatTag]: seat.name }),
      // The volume after one that failed has a name of its own.
      lifecycle: { ...dataLifecycle(context).lifecycle, ignoreChanges: ["name"] },
      dependsOn: keys.before.volumes,
    });
    const disk = { deviceName: volumeDevice, source: volume.id, mode: "READ_WRITE", deleteRule: "NEVER" };
    // The group is gone before its volume is: a volume in use cannot be destroyed.
    buildSeat(context, seat, { network, keys, accounts, tier: spec.etcd, place, disks: [disk], dependsOn: [volume, ...before] });
  });
}
