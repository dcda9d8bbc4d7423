import { names } from "../../spec/names";
import type { Context } from "./context";
import { placed, type Inventory, type Placed } from "./machine";
import { poolMachines } from "./members";

/**
 * Each pool has as many machines as its lower bound says. Nobody moves the number but a person: no autoscaler knows
 * vSphere without a management cluster.
 */
export function workerTier(context: Context, inventory: Inventory): readonly Placed[] {
  const { spec } = context;
  return poolMachines(spec).flatMap(({ id, pool: name, zone }) => {
    const pool = spec.workers[name];
    if (!pool) return [];
    return placed(context, inventory, {
      id,
      guest: { machine: { role: "worker", name }, name: names.of(spec, id), zone },
      size: pool.size,
      architecture: pool.architecture,
      diskGiB: pool.diskGiB,
      member: names.pool(name),
      moves: true,
    });
  });
}
