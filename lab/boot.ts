import { once } from "node:events";
import { loadavg } from "node:os";
import { exactly, reported, type Line } from "../measured/line";
import { roleConfiguration } from "../constructs/spec/role-configuration";
import type { Environment } from "../terraform/find-program";
import { run as runProgram } from "./command";
import { refusedByMachines, refusedPackets } from "./firewall";
import { agentUnit, journal, missing, property, startedUp } from "./inside";
import { monotonic, type Machine } from "./machine";
import type { PlayedCloud } from "./played-cloud";
import type { Run } from "./run-folder";
import type { Size } from "./environment";
import type { Planned } from "./synthesized";
import { isIgnition } from "./user-data";
import { prepare } from "./world";

/** What a boot of all machines showed of one of them. */
export interface Booted {
  readonly name: string;
  readonly form: "Ignition" | "cloud-init";
  readonly bootSeconds: number;
  /** From the start of the loader until it waits for an agent, or the agent runs. */
  readonly loaderSeconds: number;
  readonly state: string;
  readonly missing: readonly string[];
}

export interface Scenario {
  readonly run: Run;
  readonly env: Environment;
  readonly played: PlayedCloud;
  readonly size: Size;
  /** Whether the machines stay until somebody interrupts. */
  readonly hold: boolean;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

const loader = "coppice-loader.service";
/** The loader says nothing else on its way: this line means that it has the runtime and the configuration. */
const waitsForAgent = /^no agent in the configuration of \w+ yet$/;
const patienceSeconds = 240;

/** Boots a whole cluster from nothing and waits until the agent of every machine runs. */
export async function bootScenario({ run, env, played, size, hold, say, signal }: Scenario) {
  const before = hostSettings();
  const failures = new AbortController();
  const lab = await prepare({
    run,
    env,
    played,
    size,
    timerFactor: 1,
    throughCloudInit: true,
    say,
    failed: (reason) => failures.abort(reason),
  });
  const stop = AbortSignal.any([signal, failures.signal]);
  try {
    say("starting the machines");
    await lab.groups.start();
    const { machines } = lab.groups;
    const booted: Booted[] = [];
    for (const machine of machines) booted.push(await waited(machine, unitsOf(lab.plan.objects, machine), stop));
    const load = loadavg()[0] ?? 0;
    if (hold) await held(say, stop);
    const refused = played.filters ? refusedPackets(run) : await refusedByMachines(machines);
    await lab.stop();
    return { booted, lines: linesOf(booted, machines.length, load, refused, changed(before, hostSettings())) };
  } finally {
    await lab.stop();
  }
}

async function waited(machine: Machine, own: ReadonlySet<string>, signal: AbortSignal): Promise<Booted> {
  const { name, userData } = machine.plan;
  for (const end = monotonic() + patienceSeconds; ;) {
    signal.throwIfAborted();
    const started = await startedUp(machine);
    const ready = started === undefined ? undefined : await readyState(machine);
    if (started !== undefined && ready) {
      const from = Number(await property(machine, loader, "ExecMainStartTimestampMonotonic")) / 1e6;
      return {
        name,
        form: isIgnition(userData) ? "Ignition" : "cloud-init",
        bootSeconds: started - machine.startedAt,
        loaderSeconds: ready.at - from,
        state: ready.state,
        missing: await missing(machine, own),
      };
    }
    if (monotonic() > end) {
      const said = (await journal(machine, loader)).map(({ message }) => message).join("\n");
      throw new Error(`${name} did not get there; its loader said:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Units that the configuration of the machine's role brings. */
function unitsOf(objects: Planned["objects"], { plan }: Machine): ReadonlySet<string> {
  const { components } = roleConfiguration.parse(JSON.parse(objects[`desired/${plan.role}`] ?? "null"));
  return new Set(components.flatMap(({ units }) => units.map(({ name }) => name)));
}

/** What the machine has come to, and when. */
async function readyState(machine: Machine): Promise<{ readonly state: string; readonly at: number } | undefined> {
  const active = Number(await property(machine, agentUnit, "ActiveEnterTimestampMonotonic")) / 1e6;
  if (active > 0) return { state: "the agent runs", at: active };
  const last = (await journal(machine, loader)).find(({ message }) => waitsForAgent.test(message));
  return last && { state: last.message, at: last.at };
}
async function held(say: Scenario["say"], signal: AbortSignal): Promise<void> {
  say("all machines are up; they stay until you press Ctrl-C");
  if (!signal.aborted) await once(signal, "abort");
}

function linesOf(booted: readonly Booted[], wanted: number, load: number, refused: number, settings: readonly string[]): Line[] {
  const longest = (of: (one: Booted) => number): number => Math.max(...booted.map(of));
  return [
    exactly("boot: machines whose agent runs, or whose loader waits for one", booted.length, "machines", wanted),
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
      "boot: loader to its agent, or to its wait for one, longest",
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
