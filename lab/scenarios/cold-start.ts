import { monotonic, type Machine } from "../machine";
import type { Cluster } from "./cluster";
import { podsTalk } from "./pods";

/** Seconds from the start of the first machine; of a cluster that never was. */
export interface ColdStart {
  /** The floor B of machines that start together: from the start of one until its agent answers, the median. */
  readonly floor: number;
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
  await cluster.lab.groups.start();
  const answering = Promise.all(cluster.lab.groups.machines.map((machine) => bootSeconds(cluster, machine)));
  await cluster.trust(patienceSeconds);
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
  return { floor: median(await answering), etcd: etcd - started, api: api - started, nodes: nodes - started, pods: pods - started };
}

/** The floor B: the start of a machine until its agent answers, with all others there. The median of some workers. */
export async function floorOf(cluster: Cluster, times: number): Promise<number> {
  const found: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const before = cluster.workers()[index % cluster.workers().length];
    if (!before) throw new Error("the floor is measured on workers, and there are none");
    await cluster.lab.groups.kill(before.plan.name);
    found.push(await bootSeconds(cluster, await cluster.lab.groups.next(before)));
    await cluster.whole(patienceSeconds);
  }
  return median(found);
}

/** From its start until its agent answers. */
async function bootSeconds(cluster: Cluster, { plan, startedAt }: Machine): Promise<number> {
  return (await cluster.seen([{ kind: "agent", address: plan.address }], patienceSeconds)) - startedAt;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
