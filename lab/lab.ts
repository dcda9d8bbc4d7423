import { Command, InvalidArgumentError, Option } from "commander";
import { loadavg } from "node:os";
import { CannotRun } from "../terraform/cannot-run";
import { exactly, printLine, writeResults, type Line } from "../measured/line";
import { bootScenario, table } from "./boot";
import { standIns } from "./cloud-controller";
import { clouds } from "./clouds";
import { labKubernetes, type LabKubernetes, type Size } from "./environment";
import { differences } from "./layer";
import { cloudNames, type CloudName, type PlayedCloud } from "./played-cloud";
import { endRun, leftovers, startRun, sweep, type Run } from "./run-folder";
import { againstRecord, writeRecord } from "./recorded";
import { bounded, scenarios } from "./scenarios/all";
import { long } from "./scenarios/long";
import { worst, writeFaults } from "./scenarios/report";
import { runScenarios } from "./scenarios/run";
import { requirePrograms } from "./world";

const exit = { failed: 1, cannotRun: 2, interrupted: 130 } as const;

const notProven =
  "Not proven by containers on one kernel: Flatcar's own image and its initramfs, DHCP, KMS, time servers, how long a cloud takes to bring a machine, and durability when power is lost.";

type Say = (text: string) => void;
const say: Say = (text) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

/** One run and its end: what it made on this computer is gone afterwards, whatever happened. */
async function inRun(played: PlayedCloud, work: (run: Run, signal: AbortSignal) => Promise<readonly Line[]>): Promise<number> {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => controller.abort(new Error(`stopped by ${signal}`)));
  try {
    requirePrograms(process.env, played);
    for (const id of await sweep(process.env)) say(`removed what the killed run ${id} has left`);
    const run = startRun(process.env);
    try {
      const lines = await Promise.race([work(run, controller.signal), aborted(controller.signal)]);
      await endRun(run);
      const all = [...lines, exactly("left behind on this computer", leftovers(run).length, "things", 0)];
      all.forEach((line) => console.log(printLine(line)));
      console.log(`Differs from production: ${differencesOf(played).join("; ")}.\n${notProven}`);
      writeResults("lab", all);
      return all.every(({ ok }) => ok) ? 0 : exit.failed;
    } finally {
      await endRun(run);
    }
  } catch (reason) {
    console.error(reason instanceof Error ? reason.message : reason);
    if (controller.signal.aborted) return exit.interrupted;
    return reason instanceof CannotRun ? exit.cannotRun : exit.failed;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }));
}

const differencesOf = (played: PlayedCloud): readonly string[] => [...differences, ...standIns, ...played.standIns];

interface ScenarioOptions {
  readonly cloud: CloudName;
  readonly seats: string;
  readonly masters: string;
  readonly workers: number;
  readonly kubernetes: LabKubernetes;
  readonly factor: number;
  readonly times: number;
  readonly docs: boolean;
  readonly record: boolean;
  readonly ci: boolean;
}

async function run(names: readonly string[], options: ScenarioOptions): Promise<number> {
  const { cloud, seats, masters, workers, kubernetes, factor, times, docs, record, ci } = options;
  const played = clouds[cloud];
  const every = [...scenarios, ...played.scenarios];
  const chosen = names.length === 0 ? (ci ? bounded : every) : every.filter(({ name }) => names.includes(name));
  const unknown = names.filter((name) => !every.some((scenario) => scenario.name === name));
  if (unknown.length > 0) {
    console.error(`no scenario has the name ${unknown.join(", ")}; there are:`);
    every.forEach(({ name, about }) => console.error(`  ${name}: ${about}`));
    return exit.failed;
  }
  if ((docs || record || ci) && !played.onRecord) {
    console.error(`no figures of ${cloud} are kept: --docs, --record and --ci are for the others`);
    return exit.failed;
  }
  const size = { seats: Number(seats) as Size["seats"], masters: Number(masters) as Size["seats"], workers, kubernetes };
  return inRun(played, async (one, signal) => {
    const { rows, lines, floor } = await runScenarios({
      run: one,
      env: process.env,
      played,
      size,
      timerFactor: factor,
      scenarios: chosen,
      times,
      say,
      signal,
    });
    const measured = ci ? againstRecord(worst(lines)) : worst(lines);
    if (record) writeRecord(measured);
    if (docs) {
      const account = { command: "npm run lab", rows, lines: measured, floor, timerFactor: factor, times };
      writeFaults("docs/faults.md", { ...account, ...surroundings(played) });
    }
    return measured;
  });
}

const surroundings = (played: PlayedCloud) => ({
  load: loadavg()[0] ?? 0,
  production: played.production,
  differences: differencesOf(played),
  notProven,
});

/** Nothing scales the agents' timers. What is shorter than the outages of the design is no record. */
async function unscaled({ part }: { part: number }): Promise<number> {
  const played = clouds.aws;
  return inRun(played, async (one, signal) => {
    const times = { timerFactor: 1, times: 1 };
    const size = { seats: 3, workers: 2 } as const;
    const outcome = await runScenarios({ run: one, env: process.env, played, size, ...times, scenarios: long(part), say, signal });
    const account = { command: "npm run lab -- long", ...outcome, ...times, ...surroundings(played) };
    if (part === 1) writeFaults("docs/faults-unscaled.md", account);
    return outcome.lines;
  });
}

interface BootOptions extends Pick<ScenarioOptions, "cloud" | "seats" | "workers"> {
  readonly hold: boolean;
}

async function boot({ cloud, seats, workers, hold }: BootOptions): Promise<number> {
  const played = clouds[cloud];
  return inRun(played, async (one, signal) => {
    const size = { seats: Number(seats) as Size["seats"], workers };
    const { booted, lines } = await bootScenario({ run: one, env: process.env, played, size, hold, say, signal });
    console.log(table(booted));
    return lines;
  });
}

function count(text: string): number {
  if (/^[1-9]$/.test(text)) return Number(text);
  throw new InvalidArgumentError("a number from 1 to 9");
}

function factor(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 1) return value;
  throw new InvalidArgumentError("a number above 0, and at most 1");
}

const seatsOption = (flag: string, of: string, preset: string) =>
  new Option(`--${flag} <number>`, `seats of ${of}`).choices(["1", "3", "5"]).default(preset);

const cloudOption = (): Option => new Option("--cloud <name>", "cloud that the lab plays").choices(cloudNames).default("aws");

const program = new Command("lab").description(
  "boots real machines from the synthesized user-data on this computer, and breaks them; needs root on Linux",
);
program
  // An option after the name of a command is that command's, though both know it.
  .enablePositionalOptions()
  .argument("[scenario...]", "faults by name; all of them when none is named")
  .addOption(cloudOption())
  .addOption(seatsOption("seats", "etcd", "3"))
  .addOption(seatsOption("masters", "masters", "3"))
  .option("--workers <number>", "workers", count, 2)
  .addOption(new Option("--kubernetes <minor>", "version").choices(Object.keys(labKubernetes)).default("1.35"))
  .option("--factor <number>", "by what the agents' waiting times are multiplied", factor, 0.12)
  .option("--times <number>", "how often each fault runs", count, 1)
  .option("--docs", "write docs/faults.md", false)
  .option("--record", "keep the figures of bounded lines in lab/recorded.json", false)
  .option("--ci", "the bounded faults only, against what is recorded and half as much again", false)
  .action(async (names: string[], options: ScenarioOptions) => {
    process.exitCode = await run(names, options);
  });
program
  .command("boot")
  .description("all machines of a cluster, until the agent of each runs")
  .addOption(cloudOption())
  .addOption(seatsOption("seats", "etcd and of masters each", "3"))
  .option("--workers <number>", "workers besides the one that goes through cloud-init", count, 1)
  .option("--hold", "leave the machines running until interrupted", false)
  .action(async (options: BootOptions) => {
    process.exitCode = await boot(options);
  });
program
  .command("long")
  .description("the pass that nothing scales: 30 minutes of red probes and 10 of store outage; writes docs/faults-unscaled.md")
  .option("--part <number>", "of these times, to try it out: it writes nothing", factor, 1)
  .action(async (options: { part: number }) => {
    process.exitCode = await unscaled(options);
  });
void program
  .showHelpAfterError()
  .parseAsync()
  .then(() => process.exit());
