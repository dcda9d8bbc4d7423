import { prefixOf, sizeOf, type Cidr } from "../cidr";
import type { WorkerPool } from "../cluster-spec";
import { use, type Change, type Fix, type Problem } from "../problems";
import { longestNodesPrefix } from "../subnets";
import { zonesOf } from "../zones";
import { chosenBlocks } from "./existing-vpc";
import { at, rule, type Sections } from "./rule";

type Pools = Readonly<Record<string, WorkerPool>>;

/** The most machines that all pools together may have. */
export function mostMachines(pools: Pools): number {
  return Object.values(pools).reduce((sum, pool) => sum + pool.max, 0);
}

/** Every pool cut by the same share, so that together they stay within a limit. */
function lowered(pools: Pools, limit: number): Fix {
  const share = limit / mostMachines(pools);
  const changes = Object.entries(pools).flatMap(([name, pool]): Change[] => {
    const max = Math.max(1, Math.floor(pool.max * share));
    const path = at("workers", name);
    return [{ set: [...path, "max"], to: max }, ...(pool.min > max ? [{ set: [...path, "min"], to: max }] : [])];
  });
  return { text: `lower max of the pools to ${limit} in all`, changes };
}

export const somePool = rule("some-pool", ["workers"], ({ workers }): Problem[] => {
  if (Object.keys(workers).length > 0) return [];
  const rule = "names at least one pool: add-ons run on workers";
  return [{ path: at("workers"), value: workers, rule, fix: use(at("workers", "general"), { min: 2, max: 6 }, "name a pool") }];
});

export const poolBounds = rule("pool-bounds", ["workers"], ({ workers }) =>
  Object.entries(workers)
    .filter(([, pool]) => pool.min > pool.max)
    .map(([name, pool]): Problem => {
      const path = at("workers", name, "max");
      return { path, value: pool.max, rule: `is at least min, ${pool.min}`, fix: use(path, pool.min) };
    }),
);

/** Share of a pool that stays on demand when a fix must choose one. */
const ON_DEMAND_PERCENT = 20;

export const spotHasAlternatives = rule("spot-has-alternatives", ["workers"], ({ workers }) =>
  Object.entries(workers)
    .filter(([, pool]) => pool.spotPercent === 100 && pool.min > 0 && pool.alternatives.length === 0)
    .map(([name, pool]): Problem => {
      const path = at("workers", name, "spotPercent");
      const rule = "is less than 100 without alternatives: when the only type runs out, the pool is gone";
      const fix = use(path, 100 - ON_DEMAND_PERCENT, `name alternatives, or use ${100 - ON_DEMAND_PERCENT}`);
      return { path, value: pool.spotPercent, rule, fix };
    }),
);

/** https://kubernetes.io/docs/setup/best-practices/cluster-large/ */
const MOST_NODES = 5000;

export const nodesLimit = rule("nodes-limit", ["workers", "masters"], ({ workers, masters }): Problem[] => {
  const limit = MOST_NODES - masters.seats;
  const most = mostMachines(workers);
  if (most <= limit) return [];
  const rule = `allows at most ${limit} machines in all: a cluster has no more than ${MOST_NODES} nodes`;
  return [{ path: at("workers"), value: most, rule, fix: lowered(workers, limit) }];
});

/** Addresses of a subnet that the cloud keeps for itself. */
const KEPT = 5;

export const workersFit = rule("workers-fit", ["workers", "placement", "network"], (sections): Problem[] => {
  const room = workerBlocks(sections).reduce((sum, block) => sum + Math.max(0, sizeOf(block) - KEPT), 0);
  const most = mostMachines(sections.workers);
  if (room === 0 || most <= room) return [];
  const rule = `allows at most ${room} machines in all: the subnets of workers have no more addresses`;
  return [{ path: at("workers"), value: most, rule, fix: lowered(sections.workers, room) }];
});

/** None where the blocks themselves are wrong: other rules say so. */
function workerBlocks(sections: Pick<Sections, "placement" | "network">): readonly Cidr[] {
  const chosen = chosenBlocks(sections.placement);
  if (chosen) return chosen.filter(({ path }) => path.includes("workers")).map(({ block }) => block);
  return prefixOf(sections.network.nodes) <= longestNodesPrefix ? zonesOf(sections).map((zone) => zone.workers) : [];
}
