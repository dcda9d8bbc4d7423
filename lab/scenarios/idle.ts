import { setTimeout as sleep } from "node:timers/promises";
import { agentUnit, property } from "../inside";
import { atMost, type Line } from "../../measured/line";
import { monotonic, type Machine } from "../machine";
import type { Bench, Outcome, Scenario } from "./scenario";

const mebibytes = 100;
const percentOfCore = 1;
/** With timers made shorter, chores come more often than they will: what this shows is more than the truth. */
const shortSeconds = 60;
/** `sysconf(_SC_CLK_TCK)` of Linux on every architecture that nodes have. */
const ticksPerSecond = 100;

async function processOf(machine: Machine): Promise<string> {
  const pid = await property(machine, agentUnit, "MainPID");
  if (Number(pid) > 0) return pid;
  throw new Error(`no agent runs on ${machine.plan.name}`);
}

/** Seconds of a core that a process has used, with those of its children that have ended. */
async function used(machine: Machine, pid: string): Promise<number> {
  const { stdout } = await machine.exec("cat", `/proc/${pid}/stat`);
  // The name of the program, in parentheses, may hold anything.
  const fields = stdout.slice(stdout.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}

/** MiB that no other process shares. */
async function privateMemory(machine: Machine, pid: string): Promise<number> {
  const { stdout } = await machine.exec("cat", `/proc/${pid}/smaps_rollup`);
  const kibibytes = [...stdout.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)].map(([, size]) => Number(size));
  if (kibibytes.length !== 2) throw new Error(`smaps_rollup of ${pid} on ${machine.plan.name} does not say what is private`);
  return kibibytes.reduce((sum, size) => sum + size, 0) / 1024;
}

/** What the agent of a machine of each role needs while nothing happens; of etcd the one that leads, which makes the snapshots. */
export function idle(secondsOf: (bench: Bench) => number = () => shortSeconds): Scenario {
  return {
    name: "idle",
    about: "nothing happens: what the agents need of memory and processor",
    async run(bench: Bench): Promise<Outcome> {
      const { cluster } = bench;
      const { groups } = cluster.lab;
      const seconds = secondsOf(bench);
      await sleep((shortSeconds / 4) * 1000);
      const seats = [await cluster.leader(), cluster.names("master")[0] ?? ""].map((seat) => groups.machine(seat));
      const measured = [...seats, ...cluster.workers().slice(0, 1)].map(async (machine): Promise<Line[]> => {
        const pid = await processOf(machine);
        const [before, from] = [await used(machine, pid), monotonic()];
        await sleep(seconds * 1000);
        const cpu = (100 * ((await used(machine, pid)) - before)) / (monotonic() - from);
        return [
          atMost(`idle: private memory of the agent, ${machine.plan.role}`, await privateMemory(machine, pid), "MiB", mebibytes),
          atMost(`idle: processor of the agent, ${machine.plan.role}`, cpu, "% of a core", percentOfCore),
        ];
      });
      return {
        rows: [{ scenario: "idle", what: `nothing happens for ${seconds.toFixed(0)} s` }],
        lines: (await Promise.all(measured)).flat(),
      };
    },
  };
}
