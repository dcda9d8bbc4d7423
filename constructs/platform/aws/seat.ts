import { NetworkInterface } from "@cdktf/provider-aws/lib/network-interface";
import type { ITerraformDependable } from "cdktf";
import { defaults } from "../../spec/defaults";
import { names } from "../../spec/names";
import { clusterTag, seatTag } from "../../spec/tag-names";
import type { Seat } from "../../spec/seats";
import { profileOf } from "./access";
import { seatAlarm } from "./alarms";
import type { Context } from "./context";
import { awsFacts } from "./facts";
import type { Keys } from "./keys";
import { seatGroup } from "./machine-group";
import type { NetworkIds } from "./network";
import type { AwsSpec } from "./spec";

/** What a seat of one tier is given. */
export interface SeatProps {
  readonly network: NetworkIds;
  readonly keys: Keys;
  readonly securityGroup: string;
  readonly tier: AwsSpec["etcd"] | AwsSpec["masters"];
  /** Tags of its machines beside those of every seat. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Where the load balancer finds its machines. */
  readonly targetGroupArns?: string[];
  /** What must be there before its first machine, and is destroyed after its last. */
  readonly dependsOn?: ITerraformDependable[];
}

/** A seat: an address that outlives every machine, rights of its own, and a group of one that brings the next machine. */
export function buildSeat(context: Context, seat: Seat, { network, keys, securityGroup, tier, tags = {}, ...more }: SeatProps): void {
  const { stack, spec } = context;
  const networkInterface = new NetworkInterface(stack, `${seat.name}-interface`, {
    subnetId: network.zones.find((zone) => zone.name === seat.zone)?.seats ?? "",
    privateIps: [seat.address],
    securityGroups: [securityGroup],
    description: `${spec.name}: address of seat ${seat.name}`,
    tags: seatTags(spec, seat),
  });
  const machine = {
    role: seat.role,
    member: seat.name,
    group: seat.name,
    type: awsFacts.machineType(tier.size, tier.architecture),
    architecture: tier.architecture,
    diskGiB: defaults.rootDiskGiB,
    profile: profileOf(context, keys, { role: seat.role, name: seat.name, seat: seat.name }),
    networkInterface: { deviceIndex: 0, networkInterfaceId: networkInterface.id, deleteOnTermination: "false" },
    tags: { [seatTag]: seat.name, ...tags },
  };
  seatGroup(context, keys, machine, seat.zone, more);
  seatAlarm(context, seat.name, names.of(spec, seat.name));
}

/** Tags of what belongs to a seat for good: its machines find it by them, and have rights to it by them. */
export function seatTags(spec: AwsSpec, seat: Seat): Record<string, string> {
  return { Name: names.of(spec, seat.name), [clusterTag]: spec.name, [seatTag]: seat.name };
}
