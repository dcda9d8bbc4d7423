import { ComputeAddress } from "@cdktf/provider-google/lib/compute-address";
import type { ComputeInstanceGroupManager } from "@cdktf/provider-google/lib/compute-instance-group-manager";
import {
  ComputePerInstanceConfig,
  type ComputePerInstanceConfigPreservedStateDisk,
} from "@cdktf/provider-google/lib/compute-per-instance-config";
import type { ITerraformDependable } from "cdktf";
import { defaults } from "../../spec/defaults";
import type { ClusterSpec } from "../../spec/cluster-spec";
import { names } from "../../spec/names";
import type { Seat } from "../../spec/seats";
import { seatTag } from "../../spec/tag-names";
import type { Accounts } from "./access";
import { seatAlarm } from "./alarms";
import type { Context } from "./context";
import { googleFacts } from "./facts";
import type { Keys } from "./keys";
import { instanceGroup } from "./machine-group";
import type { NetworkIds } from "./network";

/** What a seat of one tier is given. */
export interface SeatProps {
  readonly network: NetworkIds;
  readonly keys: Keys;
  readonly accounts: Accounts;
  readonly tier: ClusterSpec["etcd"] | ClusterSpec["masters"];
  /** Of the seat in its tier. */
  readonly place: number;
  /** What its machines find again. */
  readonly disks?: ComputePerInstanceConfigPreservedStateDisk[];
  /** What must be there before its first machine, and is destroyed after its last. */
  readonly dependsOn: ITerraformDependable[];
}

/** A seat: an address and a name that outlive every machine, rights of its own, and a group of one that brings the next machine. */
export function buildSeat(context: Context, seat: Seat, props: SeatProps): ComputeInstanceGroupManager {
  const { stack, spec, placement } = context;
  const { network, keys, accounts, tier, place, disks = [] } = props;
  const subnet = network.zones.find((zone) => zone.name === seat.zone)?.seats ?? "";
  const address = new ComputeAddress(stack, `${seat.name}-address`, {
    name: names.of(spec, seat.name),
    description: `${spec.name}: address of seat ${seat.name}`,
    addressType: "INTERNAL",
    address: seat.address,
    subnetwork: subnet,
    region: placement.region,
  });
  const machine = {
    role: seat.role,
    member: seat.name,
    group: seat.name,
    zone: seat.zone,
    place,
    type: googleFacts.machineType(tier.size, tier.architecture),
    architecture: tier.architecture,
    diskGiB: defaults.rootDiskGiB,
    account: accounts.of(seat.role, seat.name),
    subnet,
    labels: { [seatTag]: seat.name },
    spot: false,
  };
  const group = instanceGroup(context, keys, machine, {
    // A changed template starts no machine anew: the pipeline rolls them.
    updatePolicy: {
      type: "OPPORTUNISTIC",
      minimalAction: "REFRESH",
      mostDisruptiveAllowedAction: "REPLACE",
      // Address, name and disk are those of one machine at a time: the old one goes, then the new one comes.
      replacementMethod: "RECREATE",
      maxSurgeFixed: 0,
      maxUnavailableFixed: 1,
    },
    // Not said here: the configuration below makes the one machine under the seat's name, and a size would make another.
    lifecycle: { ignoreChanges: ["target_size"] },
    dependsOn: [address, ...props.dependsOn],
  });
  new ComputePerInstanceConfig(stack, `${seat.name}-seat`, {
    name: names.of(spec, seat.name),
    instanceGroupManager: group.name,
    zone: seat.zone,
    // The machine keeps its seat while the group goes: what it holds is let go with it.
    removeInstanceStateOnDestroy: false,
    preservedState: {
      disk: disks,
      internalIp: [{ interfaceName: "nic0", autoDelete: "NEVER", ipAddress: { address: address.selfLink } }],
    },
  });
  seatAlarm(context, seat.name);
  return group;
}
