import type { ITerraformDependable } from "cdktf";
import { masterSeats } from "../../spec/seats";
import type { Accounts } from "./access";
import type { Context } from "./context";
import type { Keys } from "./keys";
import { apiLoadBalancer, type Balancer } from "./load-balancer";
import type { NetworkIds } from "./network";
import { buildSeat } from "./seat";

/**
 * Seats without a volume, behind one load balancer.
 * @returns the name under which clients find the API
 */
export function masterTier(
  context: Context,
  network: NetworkIds,
  accounts: Accounts,
  keys: Keys,
  balancer: Balancer,
  before: ITerraformDependable[],
): string {
  const { spec } = context;
  const groups = masterSeats(spec).map((seat, place) =>
    buildSeat(context, seat, { network, keys, accounts, tier: spec.masters, place, dependsOn: before }),
  );
  return apiLoadBalancer(context, network, balancer, groups);
}
