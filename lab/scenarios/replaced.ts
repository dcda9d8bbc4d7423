import { monotonic, type Machine } from "../machine";
import type { Volume } from "../volumes";
import type { Condition } from "../watch/messages";
import type { Cluster } from "./cluster";

/** One machine that was killed, and the next one. */
export interface Replaced {
  readonly machine: Machine;
  readonly detect: number;
  readonly boot: number;
  readonly join: number;
  /** From the start of the next machine until it serves: `boot` and `join`. */
  readonly total: number;
}

const patienceSeconds = 120;

/**
 * Kills the machine of a seat, as a host dies, and follows the next one until it serves.
 * @param disk "lost": a blank volume is there when the next machine starts
 */
export async function replaceSeat(cluster: Cluster, seat: string, disk: "kept" | "lost", serves: Condition): Promise<Replaced> {
  const { groups, volumes } = cluster.lab;
  if (disk === "lost") {
    const { machine, dead } = await replaceAfter(cluster, seat, async () => void volumes.lose(seat));
    return followed(cluster, machine, dead, serves);
  }
  const before = groups.machine(seat);
  const dead = await groups.kill(seat);
  return followed(cluster, await groups.next(before), dead, serves);
}

/** Kills a seat's machine, does something to its volume, and lets the next one come. @returns that one, and when the first was dead */
export async function replaceAfter(
  cluster: Cluster,
  seat: string,
  change: (volume: Volume) => Promise<void>,
): Promise<{ readonly machine: Machine; readonly dead: number }> {
  const { groups, volumes } = cluster.lab;
  const before = groups.machine(seat);
  groups.pause(seat);
  const dead = await groups.kill(seat);
  await removed(cluster, before);
  await change(volumes.of(seat));
  await groups.resume(seat);
  return { machine: await groups.next(before), dead };
}

/** Waits until nothing of a machine is left, and its volume is free. */
export async function removed(cluster: Cluster, machine: Machine): Promise<void> {
  for (const end = monotonic() + 60; ;) {
    const row = cluster.lab.groups.instances().find(({ id }) => id === machine.instance);
    if (row?.state === "terminated") return;
    if (monotonic() > end) throw new Error(`${machine.plan.name} was not removed within 60 s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function followed(cluster: Cluster, machine: Machine, dead: number, serves: Condition): Promise<Replaced> {
  const agent = await cluster.seen([{ kind: "agent", address: machine.plan.address }], patienceSeconds);
  const served = await cluster.seen([serves], patienceSeconds);
  return {
    machine,
    detect: machine.startedAt - dead,
    boot: agent - machine.startedAt,
    join: served - agent,
    total: served - machine.startedAt,
  };
}
