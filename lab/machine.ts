import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeCgroups, processesIn, removeCgroups } from "./cgroups";
import type { Cloud } from "./cloud/cloud";
import { ran, run, type Ended } from "./command";
import { labFile } from "./files";
import { ignite, seedCloudInit } from "./ignition";
import { connect, cutOff, disconnect } from "./network";
import type { Run } from "./run-folder";
import type { PlannedMachine } from "./synthesized";
import { isIgnition } from "./user-data";

export interface Machine {
  readonly plan: PlannedMachine;
  /** Seconds since this computer started, as the machine's own monotonic clock counts them too. */
  readonly startedAt: number;
  /** Runs a program inside. */
  exec(program: string, ...args: readonly string[]): Ended;
  /** Resolves when it powers itself off. */
  readonly off: Promise<void>;
  /** As a host dies: the network first, then every process at once. */
  kill(): Promise<void>;
  /** Removes all of it; a disk of its seat stays. */
  destroy(): Promise<void>;
}

export interface World {
  readonly run: Run;
  readonly base: string;
  readonly cloud: Cloud;
  readonly hosts: Readonly<Record<string, string>>;
}

const bootSettings = { SYSTEMD_NSPAWN_API_VFS_WRITABLE: "yes", SYSTEMD_NSPAWN_LOCK: "0", SYSTEMD_SECCOMP: "0" };

/** Starts a fresh machine from its user-data: a new root, a new id, the address of its seat. */
export async function boot({ run: one, base, cloud, hosts }: World, plan: PlannedMachine): Promise<Machine> {
  const startedAt = monotonic();
  const folder = join(one.folder, "machines", plan.name);
  const [root, group] = [join(folder, "root"), `${one.id}/${plan.name}`];
  mount(base, folder, root);
  appendFileSync(join(root, "etc/hosts"), hostsText(hosts));
  const namespace = connect(one, plan);
  const instance = `i-${randomBytes(9).toString("hex").slice(0, 17)}`;
  const hostname = `ip-${plan.address.replaceAll(".", "-")}`;
  await cloud.introduce({ address: plan.address, id: instance, profile: plan.name, userData: plan.userData });
  if (isIgnition(plan.userData)) ignite(root, namespace, folder);
  else seedCloudInit(root, instance, hostname, plan.userData);

  const nspawn = [
    ...["systemd-nspawn", "--quiet", "--boot", `--directory=${root}`, `--machine=${one.id}-${plan.name}`, `--hostname=${hostname}`],
    ...["--keep-unit", "--register=no", "--private-users=no", `--uuid=${randomUUID()}`, `--network-namespace-path=/run/netns/${namespace}`],
    // The clock is this computer's: no machine may set it.
    ...["--capability=all", "--drop-capability=CAP_SYS_TIME", "--resolv-conf=off", "--timezone=off", "--link-journal=no", "--console=pipe"],
  ];
  const console = openSync(join(folder, "console.log"), "w");
  const child = spawn(labFile("enter.sh"), [...makeCgroups(group), "--", ...nspawn], {
    env: { ...process.env, ...bootSettings },
    stdio: ["ignore", console, console],
    detached: true,
  });
  const off = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const kill = async (): Promise<void> => {
    cutOff(one, plan.name);
    for (let left = processesIn(group); left.length > 0; left = processesIn(group)) {
      run("kill", ["-KILL", ...left.map(String)]);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await off;
  };
  return {
    plan,
    startedAt,
    off,
    kill,
    exec: (program, ...args) =>
      run("nsenter", ["-t", String(leaderOf(child.pid)), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w", "--", program, ...args]),
    async destroy() {
      await kill();
      ran("umount", ["--lazy", root]);
      disconnect(one, plan.name);
      removeCgroups(group);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Seconds of CLOCK_MONOTONIC, which machines share with this computer. */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}

function mount(base: string, folder: string, root: string): void {
  const [upper, work] = [join(folder, "upper"), join(folder, "work")];
  for (const one of [upper, work, root]) mkdirSync(one, { recursive: true });
  ran("mount", ["-t", "overlay", "overlay", "-o", `lowerdir=${base},upperdir=${upper},workdir=${work}`, root]);
}

function hostsText(hosts: World["hosts"]): string {
  return Object.entries(hosts)
    .map(([name, address]) => `${address} ${name}\n`)
    .join("");
}

/** The machine's first process. @throws Error when it has none, or none any more */
function leaderOf(pid: number | undefined): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  if (children === "") throw new Error("the machine is off");
  return Number(children.split(" ")[0]);
}
