import { names } from "../../spec/names";
import type { Context } from "./context";
import { placed, type Inventory, type Placed } from "./machine";

/**
 * Each pool has as many machines as its lower bound says, the zones in turn. Nobody moves the number but a person:
 * no autoscaler knows vSphere without a management cluster.
 */
export function workerTier(context: Context, inventory: Inventory): readonly Placed[] {
  const { spec, placement } = context;
  const pools = Object.entries(spec.workers).sort(([a], [b]) => (a < b ? -1 : 1));
  return pools.flatMap(([name, pool]) =>
    placement.zones.flatMap((zone, place) =>
      Array.from({ length: share(pool.min, place, placement.zones.length) }, (_, index) => {
        const id = `${names.pool(name)}-${zone}-${index}`;
        return placed(context, inventory, {
          id,
          guest: { machine: { role: "worker", name }, name: names.of(spec, id), zone },
          size: pool.size,
          architecture: pool.architecture,
          diskGiB: pool.diskGiB,
          member: names.pool(name),
          moves: true,
        });
      }),
    ),
  );
}

/** All shares together are the whole; the first zones take what does not divide. */
function share(whole: number, place: number, zones: number): number {
  return Math.floor(whole / zones) + (place < whole % zones ? 1 : 0);
}
