import { masterSeats } from "../../spec/seats";
import type { Context } from "./context";
import type { Keys } from "./keys";
import { apiLoadBalancer, type ApiAddress } from "./load-balancer";
import type { NetworkIds } from "./network";
import { buildSeat } from "./seat";
import type { SecurityGroups } from "./security-groups";

/** Seats without a volume, behind one load balancer. */
export function masterTier(context: Context, network: NetworkIds, groups: SecurityGroups, keys: Keys): ApiAddress {
  const { spec } = context;
  const api = apiLoadBalancer(context, network, groups.api);
  for (const seat of masterSeats(spec)) {
    buildSeat(context, seat, {
      network,
      keys,
      securityGroup: groups.masters,
      tier: spec.masters,
      tags: { [`kubernetes.io/cluster/${spec.name}`]: "owned" },
      targetGroupArns: [api.targetGroup],
    });
  }
  return api;
}
