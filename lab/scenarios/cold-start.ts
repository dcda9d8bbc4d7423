import { monotonic } from "../machine";
import type { Cluster } from "./cluster";
import { podsTalk } from "./pods";

/** Seconds from the start of the first machine; of a cluster that never was. */
export interface ColdStart {
  readonly etcd: number;
  readonly api: number;
  readonly nodes: number;
  /** Until a pod of one node has fetched a page from a pod of another one. */
  readonly pods: number;
}

const patienceSeconds = 300;

export async function coldStart(cluster: Cluster): Promise<ColdStart> {
  await cluster.look();
  const started = monotonic();
  const starting = cluster.lab.groups.start();
  await cluster.trust(patienceSeconds);
  await starting;
  const kinds = ["voter", "api", "node"] as const;
  const conditions = cluster.wholeConditions(0);
  const [pods = 0, etcd = 0, api = 0, nodes = 0] = await Promise.all([
    podsTalk(cluster.lab.operator, patienceSeconds),
    ...kinds.map((kind) =>
      cluster.seen(
        conditions.filter((one) => one.kind === kind),
        patienceSeconds,
      ),
    ),
  ]);
  return { etcd: etcd - started, api: api - started, nodes: nodes - started, pods: pods - started };
}

/** The floor B: the start of a machine until its agent answers, with all others there. The median of some workers. */
export async function floorOf(cluster: Cluster, times: number): Promise<number> {
  const found: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const before = cluster.workers()[index % cluster.workers().length];
    if (!before) throw new Error("the floor is measured on workers, and there are none");
    await cluster.lab.groups.kill(before.plan.name);
    const machine = await cluster.lab.groups.next(before);
    found.push((await cluster.seen([{ kind: "agent", address: machine.plan.address }], patienceSeconds)) - machine.startedAt);
    await cluster.whole(patienceSeconds);
  }
  return found.sort((a, b) => a - b)[Math.floor(found.length / 2)] ?? 0;
}
