import { EbsVolume } from "@cdktf/provider-aws/lib/ebs-volume";
import { NetworkInterface } from "@cdktf/provider-aws/lib/network-interface";
import { defaults } from "../../spec/defaults";
import { clusterTag, names, seatTag } from "../../spec/names";
import { etcdSeats, type Seat } from "../../spec/seats";
import { profileOf } from "./access";
import { seatAlarm } from "./alarms";
import { dataLifecycle, type Context } from "./context";
import { awsFacts } from "./facts";
import type { Keys } from "./keys";
import { seatGroup } from "./machine-group";
import type { NetworkIds } from "./network";
import type { SecurityGroups } from "./security-groups";

/** The fixed part of a seat: the address that every machine on it has. */
export function seatInterface({ stack, spec }: Context, seat: Seat, network: NetworkIds, securityGroup: string): NetworkInterface {
  return new NetworkInterface(stack, `${seat.name}-interface`, {
    subnetId: network.zones.find((zone) => zone.name === seat.zone)?.seats ?? "",
    privateIps: [seat.address],
    securityGroups: [securityGroup],
    description: `${spec.name}: address of seat ${seat.name}`,
    tags: seatTags(spec.name, seat),
  });
}

export function seatTags(cluster: string, seat: Seat): Record<string, string> {
  return { Name: `${cluster}-${seat.name}`, [clusterTag]: cluster, [seatTag]: seat.name };
}

/** Each seat: an address and a volume that outlive every machine, and a group of one that brings the next machine. */
export function etcdTier(context: Context, network: NetworkIds, groups: SecurityGroups, keys: Keys): void {
  const { stack, spec } = context;
  for (const seat of etcdSeats(spec)) {
    const networkInterface = seatInterface(context, seat, network, groups.etcd);
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
      tags: seatTags(spec.name, seat),
      ...dataLifecycle(context),
    });
    const machine = {
      role: "etcd",
      member: seat.name,
      group: seat.name,
      type: awsFacts.machineType(spec.etcd.size, spec.etcd.architecture),
      architecture: spec.etcd.architecture,
      diskGiB: defaults.rootDiskGiB,
      profile: profileOf(context, keys, { role: "etcd", name: seat.name, seat: seat.name }),
      networkInterface: { deviceIndex: 0, networkInterfaceId: networkInterface.id, deleteOnTermination: "false" },
      tags: { [seatTag]: seat.name },
    } as const;
    // The group is gone before its volume is: a volume in use cannot be destroyed.
    seatGroup(context, keys, machine, seat.zone, { dependsOn: [volume] });
    seatAlarm(context, seat.name, names.of(spec, seat.name));
  }
}
