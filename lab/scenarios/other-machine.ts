import { atMost, exactly } from "../../measured/line";
import { followed, replaceSeat } from "./replaced";
import type { Bench, Outcome, Scenario } from "./scenario";

/** Seconds that each may need after its agent is there. */
const masterSeconds = 8;
const workerSeconds = 6;

const master: Scenario = {
  name: "master",
  about: "the machine of a master dies, with the leases that it holds",
  async run({ cluster, floor }: Bench): Promise<Outcome> {
    const seat = cluster.names("master")[0] ?? "";
    const { result, harm } = await cluster.during(() =>
      replaceSeat(cluster, seat, "kept", { kind: "api", address: cluster.addressOf(seat) }),
    );
    const { detect, boot, join, total } = result;
    await cluster.whole(120);
    return {
      rows: [
        { scenario: "master", what: `${seat}: machine starts → its API server is ready`, floor, detect, boot, join, whole: total, harm },
      ],
      lines: [
        atMost(`master: start of the machine until its API server is ready, B + ${masterSeconds} s`, total, "s", floor + masterSeconds),
        exactly("master: acknowledged writes lost", harm.lost, "writes", 0),
      ],
    };
  },
};

const worker: Scenario = {
  name: "worker",
  about: "the machine of a worker dies; the next one of its pool joins by itself",
  async run({ cluster, floor }: Bench): Promise<Outcome> {
    const [before] = cluster.workers();
    if (!before) throw new Error("the cluster has no workers");
    const { groups } = cluster.lab;
    const { result, harm } = await cluster.during(async () => {
      const dead = await groups.kill(before.plan.name);
      const machine = await groups.next(before);
      return followed(cluster, machine, dead, { kind: "node", name: machine.hostname, since: 0 });
    });
    const { detect, boot, join, total } = result;
    return {
      rows: [{ scenario: "worker", what: "machine starts → its node is ready", floor, detect, boot, join, whole: total, harm }],
      lines: [
        atMost(`worker: start of the machine until its node is ready, B + ${workerSeconds} s`, total, "s", floor + workerSeconds),
        exactly("worker: acknowledged writes lost", harm.lost, "writes", 0),
      ],
    };
  },
};

export const otherMachine: readonly Scenario[] = [master, worker];
