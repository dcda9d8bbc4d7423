import { once } from "node:events";
import { loadavg } from "node:os";
import { exactly, reported, type Line } from "../measured/line";
import type { Environment } from "../emulated/find-program";
import { run as runProgram } from "./command";
import { refusedPackets } from "./firewall";
import { journal, missing, property, startedUp } from "./inside";
import { boot, monotonic, type Machine } from "./machine";
import type { Run } from "./run-folder";
import type { Size } from "./environment";
import { prepare } from "./world";

/** What a boot of all machines showed of one of them. */
export interface Booted {
  readonly name: string;
  readonly form: "Ignition" | "cloud-init";
  readonly bootSeconds: number;
  readonly loaderSeconds: number;
  /** What the loader says that it waits for. */
  readonly state: string;
  readonly missing: readonly string[];
}

export interface Scenario {
  readonly run: Run;
  readonly env: Environment;
  readonly size: Size;
  /** Whether the machines stay until somebody interrupts. */
  readonly hold: boolean;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

const unit = "coppice-loader.service";
/** The loader says nothing else on its way: this line means that it has the runtime and the configuration. */
const waitsForAgent = /^no agent in the configuration of \w+ yet$/;
const patienceSeconds = 240;

/** Boots a whole cluster from nothing and waits until every loader waits for an agent. */
export async function bootScenario({ run, env, size, hold, say, signal }: Scenario) {
  const before = hostSettings();
  const world = await prepare(run, env, size, say);
  say(`starting ${world.machines.length + 1} machines`);
  const machines: Machine[] = [];
  for (const plan of [...world.machines, world.throughCloudInit]) {
    signal.throwIfAborted();
    machines.push(await boot(world, plan));
  }
  const booted: Booted[] = [];
  for (const machine of machines) booted.push(await waited(machine, machine === machines.at(-1) ? "cloud-init" : "Ignition", signal));
  const load = loadavg()[0] ?? 0;
  if (hold) await held(say, signal);
  const refused = refusedPackets(run);
  for (const machine of machines) await machine.destroy();
  return { booted, lines: linesOf(booted, world.machines.length + 1, load, refused, changed(before, hostSettings())) };
}

async function waited(machine: Machine, form: Booted["form"], signal: AbortSignal): Promise<Booted> {
  const { name } = machine.plan;
  for (const end = monotonic() + patienceSeconds; ;) {
    signal.throwIfAborted();
    const started = startedUp(machine);
    const entries = started === undefined ? [] : journal(machine, unit);
    const last = entries.find(({ message }) => waitsForAgent.test(message));
    if (started !== undefined && last) {
      const from = Number(property(machine, unit, "ExecMainStartTimestampMonotonic")) / 1e6;
      return {
        name,
        form,
        bootSeconds: started - machine.startedAt,
        loaderSeconds: last.at - from,
        state: last.message,
        missing: missing(machine),
      };
    }
    if (monotonic() > end)
      throw new Error(`${name} did not get there; its loader said:\n${entries.map(({ message }) => message).join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function held(say: Scenario["say"], signal: AbortSignal): Promise<void> {
  say("all machines are up; they stay until you press Ctrl-C");
  if (!signal.aborted) await once(signal, "abort");
}

function linesOf(booted: readonly Booted[], wanted: number, load: number, refused: number, settings: readonly string[]): Line[] {
  const longest = (of: (one: Booted) => number): number => Math.max(...booted.map(of));
  return [
    exactly("boot: machines whose loader waits for an agent", booted.length, "machines", wanted),
    exactly(
      "boot: files, modes and units that are not as user-data says, and units that failed",
      booted.flatMap((one) => one.missing).length,
      "",
      0,
    ),
    exactly(["boot: settings of this computer's kernel that machines changed", ...settings].join("; "), settings.length, "settings", 0),
    reported(
      "boot: machine to systemd's last unit, longest",
      longest((one) => one.bootSeconds),
      "s",
    ),
    reported(
      "boot: loader to its wait for an agent, longest",
      longest((one) => one.loaderSeconds),
      "s",
    ),
    reported("boot: packets that no flow allowed", refused, "packets"),
    reported("boot: load of this computer", load, ""),
  ];
}

/** Settings that all machines share with this computer; what counts by itself is none. */
function hostSettings(): ReadonlyMap<string, string> {
  const lines = runProgram("sysctl", ["-a"]).stdout.split("\n");
  const shared = lines.filter((line) => /^(kernel|vm|fs)\./.test(line));
  const fixed = shared.filter(
    (line) => !/random|\.ns_last_pid|-nr |-state |nr_|pty\.nr|fs\.quota|\.max_lock|epoll|\.dentry|lb_domain|stat_/.test(line),
  );
  return new Map(fixed.map((line) => line.split(" = ") as [string, string]));
}

function changed(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before].filter(([key, value]) => after.get(key) !== value).map(([key, value]) => `${key}: ${value} → ${after.get(key)}`);
}

export function table(booted: readonly Booted[]): string {
  const rows = [
    ["machine", "form", "boot s", "loader s", "state"],
    ...booted.map((one) => [
      one.name,
      one.form,
      one.bootSeconds.toFixed(1),
      one.loaderSeconds.toFixed(1),
      [one.state, ...one.missing].join("; "),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")).join("\n");
}
