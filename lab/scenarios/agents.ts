import { setTimeout as sleep } from "node:timers/promises";
import { timing } from "../../agent/timing";
import { port } from "../../constructs/spec/ports";
import { atMost, exactly, type Line } from "../../measured/line";
import { agentUnit } from "../inside";
import { mend, silence } from "../partition";
import { monotonic, type Machine } from "../machine";
import type { Cluster, Harm } from "./cluster";
import type { Bench, Outcome, Scenario } from "./scenario";

/** All agents that start at once take the computer from everything else for a moment. */
const stallSeconds = 5;
/** Three times the longest time for which agents ask whether the others are whole before they do something. */
const longestTimers = ({ timerFactor }: Bench): number => 3 * timing.healthy * timerFactor;

/** What holds while no agent can be heard, whatever the reason. */
function untouched(name: string, cluster: Cluster, before: number, harm: Harm): Line[] {
  const replaced = cluster.lab.groups.instances().length - before;
  return [
    exactly(`${name}: machines that were replaced because of it`, replaced, "machines", 0),
    exactly(`${name}: writes to etcd that failed`, harm.etcdFailed, "writes", 0),
    exactly(`${name}: writes to the API that failed`, harm.apiFailed, "writes", 0),
    exactly(`${name}: acknowledged writes lost`, harm.lost, "writes", 0),
  ];
}

/** @param secondsOf how long no probe is answered */
export function redProbes(secondsOf: (bench: Bench) => number = longestTimers): Scenario {
  const name = "red-probes";
  return {
    name,
    about: "the health port of no agent answers anybody: nothing is replaced",
    async run(bench: Bench): Promise<Outcome> {
      const { cluster } = bench;
      const { groups, run } = cluster.lab;
      const before = groups.instances().length;
      const seconds = secondsOf(bench);
      const seats = cluster.names("etcd").map((seat) => groups.machine(seat));
      const { result, harm } = await cluster.during(async () => {
        const green = await answering(seats);
        await silence(run, port.agentHealth);
        await sleep(seconds * 1000);
        const red = await answering(seats);
        // While they are red still: nodes have said so since.
        await cluster.whole(60);
        await mend(run);
        return { green, red };
      });
      await cluster.whole(60);
      return {
        rows: [{ scenario: name, what: `no probe is answered for ${seconds.toFixed(0)} s: nothing happens`, harm }],
        lines: [
          exactly(`${name}: health ports of etcd's seats that answered a neighbour before`, result.green, "ports", seats.length),
          exactly(`${name}: those that answered meanwhile`, result.red, "ports", 0),
          ...untouched(name, cluster, before, harm),
        ],
      };
    },
  };
}

/** How many seats hear from the agent of the next one. */
async function answering(seats: readonly Machine[]): Promise<number> {
  const asked = seats.map((machine, index) => {
    const { address } = (seats[(index + 1) % seats.length] ?? machine).plan;
    return machine.exec("curl", "-s", "-f", "-m", "2", `http://${address}:${port.agentHealth}/livez`);
  });
  return (await Promise.all(asked)).filter(({ status }) => status === 0).length;
}

const dead: Scenario = {
  name: "agents-dead",
  about: "the agents of all machines are stopped: everything runs on, and all is whole when they start again",
  async run(bench: Bench): Promise<Outcome> {
    const { cluster } = bench;
    const { groups } = cluster.lab;
    const { machines } = groups;
    const before = groups.instances().length;
    const seconds = longestTimers(bench);
    const onAll = async (verb: "stop" | "start"): Promise<void> => {
      const done = await Promise.all(machines.map((machine) => machine.exec("systemctl", verb, agentUnit)));
      const bad = done.find(({ status }) => status !== 0);
      if (bad) throw new Error(`systemctl ${verb} ${agentUnit}: ${bad.stderr}`);
    };
    const { harm } = await cluster.during(async () => {
      await onAll("stop");
      await sleep(seconds * 1000);
      await cluster.whole(60);
    });
    const back = await cluster.during(async () => {
      const from = monotonic();
      await onAll("start");
      const answer = machines.map(({ plan }) => ({ kind: "agent", address: plan.address }) as const);
      return (await cluster.seen(answer, 60)) - from;
    });
    await cluster.whole(60);
    return {
      rows: [
        { scenario: "agents-dead", what: `no agent runs for ${seconds.toFixed(0)} s, and certificates live: nothing happens`, harm },
        { scenario: "agents-dead", what: "all agents start at once → each answers", whole: back.result, harm: back.harm },
      ],
      lines: [
        ...untouched("agents-dead", cluster, before, harm),
        atMost("agents-dead: longest stall of writes to the API when all agents start at once", back.harm.apiGap, "s", stallSeconds),
        exactly("agents-dead: acknowledged writes lost when all agents start at once", back.harm.lost, "writes", 0),
      ],
    };
  },
};

export const agents: readonly Scenario[] = [redProbes(), dead];
