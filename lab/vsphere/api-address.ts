import { atMost, exactly, reported } from "../../measured/line";
import { monotonic, type Machine } from "../machine";
import type { Cluster, Harm } from "../scenarios/cluster";
import type { Bench, Outcome, Row, Scenario } from "../scenarios/scenario";

/** Two silences of a second, a look that ends in between, and what a busy computer adds. */
const movesSeconds = 6;
/** A master that is ready again has been so for a minute before it is asked for the address; nothing scales that. */
const steadySeconds = 60;
const patienceSeconds = 180;

/** Masters whose interface has the API's address. */
async function holders({ lab }: Cluster): Promise<readonly Machine[]> {
  const masters = lab.groups.machines.filter(({ plan }) => plan.role === "master");
  const looked = await Promise.all(
    masters.map((machine) => machine.exec("ip", "-oneline", "-4", "address", "show", "to", `${lab.plan.api.address}/32`)),
  );
  return masters.filter((_, index) => looked[index]?.stdout.includes(lab.plan.api.address));
}

/** Waits until one master alone has it, and who that is does what is asked. */
async function held(cluster: Cluster, by: (holder: Machine) => boolean = () => true): Promise<Machine> {
  for (const end = monotonic() + patienceSeconds; ;) {
    const [holder, ...others] = await holders(cluster);
    if (holder && others.length === 0 && by(holder)) return holder;
    if (monotonic() > end) throw new Error(`no master has the API's address alone after ${patienceSeconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** What became of the API when it went away at the master that has its address. */
interface Moved {
  /** Until the address answered again. */
  readonly away: number;
  readonly from: string;
  readonly to: string;
  readonly harm: Harm;
}

/** @param fault resolves to when it began */
async function moved(cluster: Cluster, fault: (holder: Machine) => Promise<number>): Promise<Moved> {
  const { result, harm } = await cluster.during(async () => {
    const before = await held(cluster);
    const began = await fault(before);
    const other = await held(cluster, ({ instance }) => instance !== before.instance);
    const answers = await cluster.seen([{ kind: "api", address: cluster.lab.plan.api.address }], patienceSeconds);
    return { away: answers - began, from: before.plan.name, to: other.plan.name };
  });
  return { ...result, harm };
}

/** Waits until the first seat has it again. */
async function back(cluster: Cluster): Promise<{ readonly seconds: number; readonly harm: Harm }> {
  const [first = ""] = cluster.names("master");
  const from = monotonic();
  const { result, harm } = await cluster.during(async () => {
    await held(cluster, ({ plan }) => plan.name === first);
    return monotonic() - from;
  });
  return { seconds: result, harm };
}

export const apiAddress: Scenario = {
  name: "api-address",
  about: "the master that has the API's address dies, and then its API server stops: another one takes the address, and gives it back",
  async run({ cluster, say }: Bench): Promise<Outcome> {
    const { groups } = cluster.lab;
    await back(cluster);
    const killed = await moved(cluster, async (holder) => {
      const dead = await groups.kill(holder.plan.name);
      say(`  ${holder.plan.name} is dead`);
      return dead;
    });
    await cluster.whole(patienceSeconds);
    const afterKill = await back(cluster);
    const stopped = await moved(cluster, async (holder) => {
      const began = monotonic();
      await holder.exec("systemctl", "stop", "--no-block", "kube-apiserver.service");
      return began;
    });
    await groups.machine(stopped.from).exec("systemctl", "start", "--no-block", "kube-apiserver.service");
    await cluster.whole(patienceSeconds);
    const afterStop = await back(cluster);
    const rows: Row[] = [
      rowOf(`the master with the address dies → the address answers at another one`, killed),
      rowOf(`its API server stops → the address answers at another one`, stopped),
      {
        scenario: "api-address",
        what: "whole again → the address is back at the first seat",
        whole: afterKill.seconds,
        harm: afterKill.harm,
      },
    ];
    const lost = [killed, afterKill, stopped, afterStop].reduce((sum, { harm }) => sum + harm.lost, 0);
    return {
      rows,
      lines: [
        atMost("api-address: until it answers again, the master dead", killed.away, "s", movesSeconds),
        atMost("api-address: until it answers again, the API server stopped", stopped.away, "s", movesSeconds),
        reported("api-address: longest gap of writes to the API, the master dead", killed.harm.apiGap, "s"),
        reported("api-address: longest gap of writes to the API, the API server stopped", stopped.harm.apiGap, "s"),
        reported(
          "api-address: longest gap of writes to the API as it goes back",
          Math.max(afterKill.harm.apiGap, afterStop.harm.apiGap),
          "s",
        ),
        atMost("api-address: until it is back at the first seat", Math.max(afterKill.seconds, afterStop.seconds), "s", 2 * steadySeconds),
        exactly("api-address: acknowledged writes lost", lost, "writes", 0),
      ],
    };
  },
};

const rowOf = (what: string, { away, harm }: Moved): Row => ({ scenario: "api-address", what, whole: away, harm });
