import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Base } from "./base";
import { makeCgroups, processesIn, removeCgroups } from "./cgroups";
import type { Cloud } from "./cloud/cloud";
import type { Instance } from "./cloud/messages";
import { done, run, running, type Ended } from "./command";
import { labFile } from "./files";
import { admit } from "./firewall";
import { ignite, seedCloudInit } from "./ignition";
import { cutOff, type Blocks } from "./network";
import type { PlayedCloud } from "./played-cloud";
import { machinesOf, type Run } from "./run-folder";
import type { PlannedMachine } from "./synthesized";
import { isIgnition } from "./user-data";

export interface Machine {
  readonly plan: PlannedMachine;
  /** `i-0123456789abcdef0`; a machine that reboots keeps it. */
  readonly instance: string;
  readonly hostname: string;
  /** Seconds since this computer started, as the machine's own monotonic clock counts them too. */
  readonly startedAt: number;
  /** Its root file system, as this computer sees it. */
  readonly root: string;
  /** Runs a program inside. */
  exec(program: string, ...args: readonly string[]): Promise<Ended>;
  /** Resolves when it is off for good: by itself, or because it was killed. */
  readonly off: Promise<void>;
  /** As a host dies: the network first, then every process at once. */
  kill(): Promise<void>;
  /** Removes all of it; a disk of its seat stays. */
  destroy(): Promise<void>;
}

export interface World {
  readonly run: Run;
  readonly base: Base;
  readonly played: PlayedCloud;
  readonly blocks: Blocks;
  readonly cloud: Cloud;
  /** Addresses by name. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Groups whose machines the load balancer passes connections to. */
  readonly balanced: readonly string[];
  /** Called with the root of a machine before it starts. */
  readonly starting: (plan: PlannedMachine, root: string) => void;
  /** Called when a machine starts again by itself. */
  readonly rebooted: (machine: Machine) => void;
}

/** How systemd-nspawn ends when the machine wants to start again. */
const rebootStatus = 133;

/** Starts a fresh machine from its user-data: a new root, a new id, the address of its seat. */
export async function boot(world: World, plan: PlannedMachine): Promise<Machine> {
  const { run: one, base, cloud, played, hosts } = world;
  const { hostname } = plan;
  const startedAt = monotonic();
  const folder = join(machinesOf(one.folder), plan.name);
  const [root, group] = [join(folder, "root"), `${one.id}/${plan.name}`];
  await mount(base, folder, root);
  appendFileSync(join(root, "etc/hosts"), hostsText(hosts));
  if (played.filters) await admit(one, plan);
  const namespace = await played.wires.connect(one, plan, world.blocks);
  const { id, furnish } = played.born(plan);
  const instance = instanceOf(id, plan, world.balanced.includes(plan.group.name));
  await cloud("introduce", instance);
  furnish(root);
  if (isIgnition(plan.userData)) await ignite(root, namespace, folder, played.ignition, plan.userData);
  else seedCloudInit(root, instance.id, hostname, plan.userData);
  world.starting(plan, root);

  // containerd stacks file systems upon its folder, which cannot itself be such a stack.
  const containers = join(folder, "containerd");
  mkdirSync(containers, { recursive: true });
  const shape = { root, group, hostname, namespace, folder, containers, uuid: randomUUID() };
  let child: ChildProcess;
  let over = false;
  const start = (): Promise<number | null> => {
    child = nspawn(one, plan.name, shape);
    return new Promise((resolve) => child.once("close", resolve));
  };
  const ended = async (first: Promise<number | null>): Promise<void> => {
    for (let end = first; (await end) === rebootStatus && !over;) {
      end = start();
      world.rebooted(machine);
    }
    over = true;
  };
  const off = ended(start());
  const kill = async (): Promise<void> => {
    over = true;
    await cutOff(one, plan.name);
    for (let left = processesIn(group); left.length > 0; left = processesIn(group)) {
      run("kill", ["-KILL", ...left.map(String)]);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await off;
  };
  const machine: Machine = {
    plan,
    instance: instance.id,
    hostname,
    startedAt,
    root,
    off,
    kill,
    exec: async (program, ...args) => {
      const leader = leaderOf(child.pid);
      if (leader === undefined) return { status: null, stdout: "", stderr: `${plan.name} is off` };
      return running("nsenter", ["-t", leader, "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w", "--", program, ...args]);
    },
    async destroy() {
      await kill();
      await done("umount", ["--lazy", root]);
      await played.wires.disconnect(one, plan.name);
      await cloud("forget", plan.address);
      removeCgroups(group);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return machine;
}

function instanceOf(id: string, plan: PlannedMachine, balanced: boolean): Instance {
  const { group, role, address, hostname, zone, userData, values } = plan;
  const caller = { role, ...(group.kind === "seat" && { seat: group.name }) };
  return { id, address, hostname, zone, caller, tags: group.tags, userData, values, balanced };
}

interface Shape {
  readonly root: string;
  readonly group: string;
  readonly hostname: string;
  readonly namespace: string;
  readonly folder: string;
  readonly containers: string;
  readonly uuid: string;
}

const bootSettings = { SYSTEMD_NSPAWN_API_VFS_WRITABLE: "yes", SYSTEMD_NSPAWN_LOCK: "0", SYSTEMD_SECCOMP: "0" };

function nspawn(one: Run, name: string, { root, group, hostname, namespace, folder, containers, uuid }: Shape): ChildProcess {
  const program = [
    ...["systemd-nspawn", "--quiet", "--boot", `--directory=${root}`, `--machine=${one.id}-${name}`, `--hostname=${hostname}`],
    ...["--keep-unit", "--register=no", "--private-users=no", `--uuid=${uuid}`, `--network-namespace-path=/run/netns/${namespace}`],
    `--bind=${containers}:/var/lib/containerd`,
    // The clock is this computer's: no machine may set it.
    ...["--capability=all", "--drop-capability=CAP_SYS_TIME", "--resolv-conf=off", "--timezone=off", "--link-journal=no", "--console=pipe"],
  ];
  const console = openSync(join(folder, "console.log"), "a");
  return spawn(labFile("enter.sh"), [...makeCgroups(group), "--", ...program], {
    env: { ...process.env, ...bootSettings },
    stdio: ["ignore", console, console],
    detached: true,
  });
}

/** Seconds of CLOCK_MONOTONIC, which machines share with this computer. */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}

async function mount({ layers }: Base, folder: string, root: string): Promise<void> {
  const [upper, work] = [join(folder, "upper"), join(folder, "work")];
  for (const one of [upper, work, root]) mkdirSync(one, { recursive: true });
  await done("mount", ["-t", "overlay", "overlay", "-o", `lowerdir=${layers.join(":")},upperdir=${upper},workdir=${work}`, root]);
}

function hostsText(hosts: World["hosts"]): string {
  return Object.entries(hosts)
    .map(([name, address]) => `${address} ${name}\n`)
    .join("");
}

/** The machine's first process, while it has one. Before that is systemd, its namespaces are half made, and its files this computer's. */
function leaderOf(pid: number | undefined): string | undefined {
  try {
    const [leader = ""] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
    return readFileSync(`/proc/${leader}/comm`, "utf8").trim() === "systemd" ? leader : undefined;
  } catch {
    return undefined;
  }
}
