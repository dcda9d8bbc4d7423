import { exactly, reported } from "../../measured/line";
import { monotonic } from "../machine";
import { removed } from "./replaced";
import type { Bench, Outcome, Scenario } from "./scenario";

const allMasters: Scenario = {
  name: "all-masters",
  about: "all machines of masters die at once",
  async run({ cluster, floor }: Bench): Promise<Outcome> {
    const { groups } = cluster.lab;
    const seats = cluster.names("master");
    const { result, harm } = await cluster.during(async () => {
      const before = seats.map((seat) => groups.machine(seat));
      const started = monotonic();
      await Promise.all(seats.map((seat) => groups.kill(seat)));
      await Promise.all(before.map((machine) => groups.next(machine)));
      const ready = await cluster.seen(
        cluster.addresses("master").map((address) => ({ kind: "api", address }) as const),
        180,
      );
      return ready - started;
    });
    await cluster.whole(180);
    return {
      rows: [{ scenario: "all-masters", what: "all die → every API server is ready", floor, whole: result, harm }],
      lines: [
        reported("all-masters: until every API server is ready", result, "s"),
        exactly("all-masters: acknowledged writes lost", harm.lost, "writes", 0),
      ],
    };
  },
};

/** A worker that is never replaced takes its pods along; they run elsewhere after the controller manager has given the node up. */
const neverReplaced: Scenario = {
  name: "worker-not-replaced",
  about: "the machine of a worker dies and no other one comes: the rest goes on, and nothing else is done",
  async run({ cluster }: Bench): Promise<Outcome> {
    const { groups } = cluster.lab;
    const [worker] = cluster.workers();
    if (!worker) throw new Error("the cluster has no workers");
    const pool = worker.plan.group.name;
    const before = groups.instances().length;
    const { harm } = await cluster.during(async () => {
      groups.pause(pool);
      await groups.kill(worker.plan.name);
      await removed(cluster, worker);
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });
    const started = groups.instances().length - before;
    await groups.resume(pool);
    await cluster.whole(120);
    return {
      rows: [{ scenario: "worker-not-replaced", what: "no other machine for a minute: API and etcd go on", harm }],
      lines: [
        exactly("worker-not-replaced: machines that came all the same", started, "machines", 0),
        exactly("worker-not-replaced: writes to the API that failed", harm.apiFailed, "writes", 0),
        exactly("worker-not-replaced: acknowledged writes lost", harm.lost, "writes", 0),
      ],
    };
  },
};

/** A zone without capacity: the seat of etcd and the master in it stay empty for longer than every timer. */
const noCapacity: Scenario = {
  name: "no-capacity",
  about: "a zone has no capacity: its seats stay empty for longer than every timer, and nothing is given up for it",
  async run({ cluster, timerFactor }: Bench): Promise<Outcome> {
    const { groups } = cluster.lab;
    const seats = [cluster.names("etcd").at(-1) ?? "", cluster.names("master").at(-1) ?? ""];
    const before = seats.map((seat) => groups.machine(seat));
    const { harm } = await cluster.during(async () => {
      seats.forEach((seat) => groups.pause(seat));
      await Promise.all(seats.map((seat) => groups.kill(seat)));
      await Promise.all(before.map((machine) => removed(cluster, machine)));
      await new Promise((resolve) => setTimeout(resolve, 3 * 300 * timerFactor * 1000));
    });
    await Promise.all(seats.map((seat) => groups.resume(seat)));
    await cluster.whole(180);
    const epoch = JSON.parse((await cluster.lab.bucket.get("epoch")) ?? "{}") as { number?: number };
    return {
      rows: [{ scenario: "no-capacity", what: `${seats.join(" and ")} without a machine for ${(900 * timerFactor).toFixed(0)} s`, harm }],
      lines: [
        exactly("no-capacity: acknowledged writes lost", harm.lost, "writes", 0),
        reported("no-capacity: number of the epoch afterwards", epoch.number ?? 0, ""),
      ],
    };
  },
};

export const masters: readonly Scenario[] = [allMasters, neverReplaced, noCapacity];
