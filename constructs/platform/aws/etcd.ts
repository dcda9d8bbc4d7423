import { EbsVolume } from "@cdktf/provider-aws/lib/ebs-volume";
import { etcdSeats } from "../../spec/seats";
import { dataLifecycle, type Context } from "./context";
import type { Keys } from "./keys";
import type { NetworkIds } from "./network";
import { buildSeat, seatTags } from "./seat";
import type { SecurityGroups } from "./security-groups";

/** Seats with a volume that outlives every machine. */
export function etcdTier(context: Context, network: NetworkIds, groups: SecurityGroups, keys: Keys): void {
  const { stack, spec } = context;
  for (const seat of etcdSeats(spec)) {
    const volume = new EbsVolume(stack, `${seat.name}-volume`, {
      availabilityZone: seat.zone,
      size: spec.etcd.volumeGiB,
      type: "gp3",
      // gp3's own base rates; etcd asks for 500 sequential IOPS under heavy load: https://etcd.io/docs/v3.6/op-guide/hardware/
      iops: 3000,
      throughput: 125,
      encrypted: true,
      kmsKeyId: keys.volumes,
      finalSnapshot: context.protect,
      tags: seatTags(spec, seat),
      ...dataLifecycle(context),
    });
    // The group is gone before its volume is: a volume in use cannot be destroyed.
    buildSeat(context, seat, { network, keys, securityGroup: groups.etcd, tier: spec.etcd, dependsOn: [volume] });
  }
}
