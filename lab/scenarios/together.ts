import { monotonic } from "../machine";
import type { Cluster } from "./cluster";
import { removed } from "./replaced";

/** Kills machines at once and holds their groups until what shall happen to their disks has happened. @returns when all were dead */
export async function killTogether(cluster: Cluster, seats: readonly string[], lost: readonly string[]): Promise<number> {
  const { groups, volumes } = cluster.lab;
  const before = seats.map((seat) => groups.machine(seat));
  seats.forEach((seat) => groups.pause(seat));
  const dead = Math.max(...(await Promise.all(seats.map((seat) => groups.kill(seat)))));
  await Promise.all(before.map((machine) => removed(cluster, machine)));
  lost.forEach((seat) => volumes.lose(seat));
  return dead;
}

/** Kills every machine and holds all groups. @returns their names */
export async function killAll(cluster: Cluster): Promise<readonly string[]> {
  const { groups, plan } = cluster.lab;
  const names = plan.groups.map(({ name }) => name);
  names.forEach((name) => groups.pause(name));
  const { machines } = groups;
  await Promise.all(machines.map((machine) => groups.kill(machine.plan.name)));
  await Promise.all(machines.map((machine) => removed(cluster, machine)));
  return names;
}

/** @returns the moment before the first of them started */
export async function startTogether(cluster: Cluster, groups: readonly string[]): Promise<number> {
  const at = monotonic();
  await Promise.all(groups.map((group) => cluster.lab.groups.resume(group)));
  return at;
}
