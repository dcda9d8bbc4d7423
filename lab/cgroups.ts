import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CannotRun } from "../terraform/cannot-run";

/** Where each hierarchy of this computer is: one for every controller with cgroup v1, one in all with v2. */
function hierarchies(): readonly string[] {
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "));
  return mounts.filter(([, , type]) => type === "cgroup" || type === "cgroup2").map(([, point]) => point ?? "");
}

/**
 * A group in every hierarchy; `coppice-lab-1/etcd-0`. A machine sees its own as the root, without which machines would share
 * the computer's. @returns their folders
 */
export function makeCgroups(name: string): readonly string[] {
  return hierarchies().map((hierarchy) => {
    const parts = name.split("/");
    parts.forEach((_, index) => makeCgroup(hierarchy, parts.slice(0, index + 1).join("/")));
    return join(hierarchy, name);
  });
}

function makeCgroup(hierarchy: string, name: string): void {
  const folder = join(hierarchy, name);
  mkdirSync(folder, { recursive: true });
  // Processes may enter a new group of this controller only when it says on which cores and memory.
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const own = join(folder, file);
    if (existsSync(join(folder, "cgroup.clone_children")) && existsSync(own)) writeFileSync(own, readFileSync(join(folder, "..", file)));
  }
  if (existsSync(join(folder, "cpuset.cpus")) && existsSync(join(folder, "cgroup.clone_children"))) {
    writeFileSync(join(folder, "cgroup.clone_children"), "1");
  }
  // All machines together would else get as much of this computer as a single other process.
  const shares = join(folder, "cpu.shares");
  if (!name.includes("/") && existsSync(shares)) writeFileSync(shares, String(sharesOfAll));
}

/** Of cgroup v1, where a process has 1,024. */
const sharesOfAll = 16_384;

/** All processes in a group and below, in any hierarchy. */
export function processesIn(name: string): readonly number[] {
  const found = hierarchies().flatMap((hierarchy) => foldersOf(join(hierarchy, name)).flatMap(processesOf));
  return [...new Set(found)];
}

function processesOf(folder: string): number[] {
  const text = unlessGone(() => readFileSync(join(folder, "cgroup.procs"), "utf8")) ?? "";
  return text.split("\n").filter(Boolean).map(Number);
}

export function removeCgroups(name: string): void {
  hierarchies().forEach((hierarchy) => foldersOf(join(hierarchy, name)).forEach((folder) => unlessGone(() => rmdirSync(folder))));
}

/** A group and those below it, the innermost first. */
function foldersOf(folder: string): string[] {
  const entries = unlessGone(() => readdirSync(folder, { withFileTypes: true }));
  if (!entries) return [];
  const below = entries.filter((entry) => entry.isDirectory());
  return [...below.flatMap((entry) => foldersOf(join(folder, entry.name))), folder];
}

/** Writes a second that a group and those below it may make to a device, `7:3`; without a number, as many as they like. */
export function brakeWrites(name: string, device: string, writesPerSecond?: number): void {
  // Of cgroup v1, where a group's limit is its own and not that of those below it. Zero is none.
  const files = hierarchies()
    .flatMap((hierarchy) => foldersOf(join(hierarchy, name)))
    .map((folder) => join(folder, "blkio.throttle.write_iops_device"))
    .filter((file) => existsSync(file));
  if (files.length === 0)
    throw new CannotRun("the kernel of this computer slows no disk down", "boot it with the blkio controller of cgroup v1");
  files.forEach((file) => unlessGone(() => writeFileSync(file, `${device} ${writesPerSecond ?? 0}`)));
}

/** A machine that still runs removes groups of its own at any time. */
function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (reason) {
    if (["ENOENT", "ENODEV"].includes((reason as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw reason;
  }
}
