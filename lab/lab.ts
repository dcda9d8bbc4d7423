import { Command, InvalidArgumentError, Option } from "commander";
import { CannotRun } from "../emulated/cannot-run";
import { exactly, printLine, writeResults } from "../measured/line";
import { bootScenario, table } from "./boot";
import { standIns } from "./cloud-controller";
import type { Size } from "./environment";
import { differences } from "./layer";
import { endRun, leftovers, startRun, sweep } from "./run-folder";
import { requirePrograms } from "./world";

const exit = { failed: 1, cannotRun: 2, interrupted: 130 } as const;

const notProven = `Not proven by containers on one kernel: Flatcar's own image and its initramfs, DHCP, KMS, time servers, how long a cloud takes to bring a machine, and durability when power is lost.`;

async function main(size: Size, hold: boolean): Promise<number> {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => controller.abort(new Error(`stopped by ${signal}`)));
  try {
    requirePrograms(process.env);
    for (const id of await sweep(process.env)) console.log(`removed what the killed run ${id} has left`);
    const run = startRun(process.env);
    try {
      const { booted, lines } = await bootScenario({ run, env: process.env, size, hold, say: console.log, signal: controller.signal });
      await endRun(run);
      const all = [...lines, exactly("boot: left behind on this computer", leftovers(run).length, "things", 0)];
      console.log(table(booted));
      all.forEach((line) => console.log(printLine(line)));
      console.log(`Differs from production: ${[...differences, ...standIns].join("; ")}.\n${notProven}`);
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

function count(text: string): number {
  if (/^[1-9]$/.test(text)) return Number(text);
  throw new InvalidArgumentError("a number from 1 to 9");
}

const program = new Command("lab").description("boots real machines from the synthesized user-data on this computer; needs root on Linux");
program
  .command("boot")
  .description("all machines of a cluster, until the agent of each runs")
  .addOption(new Option("--seats <number>", "seats of etcd, and of masters").choices(["1", "3", "5"]).default("3"))
  .option("--workers <number>", "workers besides the one that goes through cloud-init", count, 1)
  .option("--hold", "leave the machines running until interrupted", false)
  .action(async ({ seats, workers, hold }: { seats: string; workers: number; hold: boolean }) => {
    process.exitCode = await main({ seats: Number(seats) as Size["seats"], workers }, hold);
  });
void program.showHelpAfterError().parseAsync();
