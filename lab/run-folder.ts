import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Environment } from "../terraform/find-program";
import { cacheFolder } from "../emulated/python-environment";
import { removeCgroups, processesIn } from "./cgroups";
import { ran, run } from "./command";
import { devicesBelow } from "./disk";
import { raiseLimits, restoreLimits } from "./host-limits";

/**
 * One run of the lab. All that it makes on this computer carries its id, so that any later run can remove what one that
 * was killed has left: its processes (all are in its cgroups), mounts below its folder, its namespaces, its disks, its folder.
 */
export interface Run {
  /** `coppice-lab-4711`, the id of the process that made it */
  readonly id: string;
  readonly folder: string;
}

const prefix = "coppice-lab-";

const runsFolder = (env: Environment): string => join(cacheFolder(env), "lab-runs");

/** Of all machines together: some 700 MiB each, twice that while one is replaced. */
const rootsGiB = 16;

/** Where the roots of machines are: in memory, as one disk under a dozen machines is no disk that a cloud would give them. */
export const machinesOf = (folder: string): string => join(folder, "machines");

export function startRun(env: Environment): Run {
  const id = `${prefix}${process.pid}`;
  const folder = join(runsFolder(env), id);
  const machines = machinesOf(folder);
  mkdirSync(machines, { recursive: true });
  ran("mount", ["-t", "tmpfs", "-o", `size=${rootsGiB}g,mode=755`, "coppice-lab", machines]);
  raiseLimits(limitsOf(folder));
  return { id, folder };
}

export const namespaceOf = (run: Run, name: string): string => `${run.id}-${name}`;

/** Ends and removes all of a run. May be called again, and for a run whose process is gone. */
export async function endRun(one: Run): Promise<void> {
  for (let left = processesIn(one.id); left.length > 0; left = processesIn(one.id)) {
    left.forEach((pid) => run("kill", ["-KILL", String(pid)]));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  mountsBelow(one.folder).forEach((mount) => ran("umount", ["--lazy", mount]));
  namespaces(one).forEach((namespace) => ran("ip", ["netns", "delete", namespace]));
  devicesBelow(one.folder).forEach((device) => ran("losetup", ["--detach", device]));
  propagated(one).forEach((folder) => rmSync(folder, { recursive: true }));
  removeCgroups(one.id);
  rmSync(one.folder, { recursive: true, force: true });
  // As long as others run, they need them.
  if (runsIn(dirname(one.folder)).length === 0) restoreLimits(limitsOf(one.folder));
}

/** Beside the folders of runs. */
const limitsOf = (folder: string): string => join(dirname(folder), "limits");
const runsIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(prefix)) : [];

/** Removes what runs have left whose process is gone. */
export async function sweep(env: Environment): Promise<readonly string[]> {
  const folder = runsFolder(env);
  const dead = runsIn(folder).filter((id) => !existsSync(`/proc/${id.slice(prefix.length)}`));
  for (const id of dead) await endRun({ id, folder: join(folder, id) });
  return dead;
}

/** What of a run is still on this computer; empty after `endRun`. */
export function leftovers(one: Run): readonly string[] {
  const folders = [...(existsSync(one.folder) ? [one.folder] : []), ...mountsBelow(one.folder)];
  return [
    ...processesIn(one.id).map((pid) => `process ${pid}`),
    ...folders,
    ...namespaces(one),
    ...devicesBelow(one.folder),
    ...propagated(one),
  ];
}

/** The innermost first. */
function mountsBelow(folder: string): readonly string[] {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const points = mounts.map((line) => line.split(" ")[1] ?? "");
  return points.filter((point) => point.startsWith(`${folder}/`)).reverse();
}

/** Where systemd-nspawn would hand mounts to a running machine; it leaves the folder behind. */
function propagated(one: Run): readonly string[] {
  const folder = "/run/systemd/nspawn/propagate";
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => name.startsWith(`${one.id}-`)).map((name) => join(folder, name));
}

function namespaces(one: Run): readonly string[] {
  const names = ran("ip", ["netns", "list"]).split("\n");
  return names.map((line) => line.split(" ")[0] ?? "").filter((name) => name.startsWith(`${one.id}-`));
}
