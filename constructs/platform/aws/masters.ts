import { defaults } from "../../spec/defaults";
import { names, seatTag } from "../../spec/names";
import { masterSeats } from "../../spec/seats";
import { profileOf } from "./access";
import { seatAlarm } from "./alarms";
import type { Context } from "./context";
import { seatInterface } from "./etcd";
import { awsFacts } from "./facts";
import type { Keys } from "./keys";
import { apiLoadBalancer, type ApiAddress } from "./load-balancer";
import { seatGroup } from "./machine-group";
import type { NetworkIds } from "./network";
import type { SecurityGroups } from "./security-groups";

/** Each seat: an address that outlives every machine and a group of one; all of them behind one load balancer. */
export function masterTier(context: Context, network: NetworkIds, groups: SecurityGroups, keys: Keys): ApiAddress {
  const { spec } = context;
  const api = apiLoadBalancer(context, network, groups.api);
  for (const seat of masterSeats(spec)) {
    const networkInterface = seatInterface(context, seat, network, groups.masters);
    const machine = {
      role: "master",
      member: seat.name,
      group: seat.name,
      type: awsFacts.machineType(spec.masters.size, spec.masters.architecture),
      architecture: spec.masters.architecture,
      diskGiB: defaults.rootDiskGiB,
      profile: profileOf(context, keys, { role: "master", name: seat.name, seat: seat.name }),
      networkInterface: { deviceIndex: 0, networkInterfaceId: networkInterface.id, deleteOnTermination: "false" },
      tags: { [seatTag]: seat.name, [`kubernetes.io/cluster/${spec.name}`]: "owned" },
    } as const;
    seatGroup(context, keys, machine, seat.zone, { targetGroupArns: [api.targetGroup] });
    seatAlarm(context, seat.name, names.of(spec, seat.name));
  }
  return api;
}
