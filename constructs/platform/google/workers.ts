import type { ITerraformDependable } from "cdktf";
import type { WorkerPool } from "../../spec/cluster-spec";
import { names } from "../../spec/names";
import { poolTag } from "../../spec/tag-names";
import type { Accounts } from "./access";
import type { Context } from "./context";
import { googleFacts } from "./facts";
import type { Keys } from "./keys";
import { instanceGroup } from "./machine-group";
import type { NetworkIds } from "./network";

/** Each pool: a group in every zone, whose size the autoscaler moves between its share of the pool's bounds. */
export function workerTier(
  context: Context,
  network: NetworkIds,
  accounts: Accounts,
  keys: Keys,
  before: ITerraformDependable[],
): readonly Bounds[] {
  const { spec } = context;
  const pools = Object.entries(spec.workers).sort(([a], [b]) => (a < b ? -1 : 1));
  return pools.flatMap(([name, pool]) =>
    network.zones.map((zone, place) => {
      const [min, max] = [share(pool.min, place, network), share(pool.max, place, network)];
      const machine = {
        role: "worker" as const,
        member: name,
        group: `${names.pool(name)}-${zone.name.slice(-1)}`,
        zone: zone.name,
        place,
        type: googleFacts.machineType(pool.size, pool.architecture),
        architecture: pool.architecture,
        diskGiB: pool.diskGiB,
        account: accounts.of("worker"),
        subnet: zone.workers,
        labels: { [poolTag]: name },
        spot: isSpot(pool),
      };
      instanceGroup(context, keys, machine, {
        targetSize: min,
        updatePolicy: {
          type: "PROACTIVE",
          minimalAction: "REPLACE",
          mostDisruptiveAllowedAction: "REPLACE",
          // The new machine first, then the old one goes.
          replacementMethod: "SUBSTITUTE",
          maxSurgeFixed: 1,
          maxUnavailableFixed: 0,
        },
        // The autoscaler moves it.
        lifecycle: { ignoreChanges: ["target_size"] },
        dependsOn: before,
      });
      return { group: names.of(spec, machine.group), zone: zone.name, min, max };
    }),
  );
}

/** What the autoscaler may make of a group. */
export interface Bounds {
  readonly group: string;
  readonly zone: string;
  readonly min: number;
  readonly max: number;
}

/** All shares together are the whole; the first zones take what does not divide. */
function share(whole: number, place: number, { zones }: NetworkIds): number {
  return Math.floor(whole / zones.length) + (place < whole % zones.length ? 1 : 0);
}

/** All or nothing: the rules allow no share between. */
function isSpot({ spotPercent }: WorkerPool): boolean {
  return spotPercent > 0;
}
