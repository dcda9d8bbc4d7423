import { masterSeats } from "../../spec/seats";
import type { Context } from "./context";
import type { Inventory, Placed } from "./machine";
import { buildSeat } from "./seat";

/** Seats without a volume. The API's address is theirs together, and no resource: whoever is ready takes it. */
export function masterTier(context: Context, inventory: Inventory): readonly Placed[] {
  const { spec } = context;
  return masterSeats(spec).map((seat) => buildSeat(context, inventory, seat, { tier: spec.masters }));
}
