import type { Rules } from "../../../agent/rules";
import { plan } from "./plan";
import type { Schedule } from "./plan";
import { live } from "./schedule";
import { invariantOf, replayCommand, shrink } from "./shrink";

/**
 * `node run.js test/agent/model/run.ts SCHEDULES [SEED] [RULE] [INVARIANT]`: so many random schedules, perhaps with one rule
 * switched off; a single one is told step by step, and so is `replay JSON [RULE]`.
 */
async function main(): Promise<void> {
  const [schedules = "2000", from = "", rule, only = ""] = process.argv.slice(2);
  const off = rule as keyof Rules | undefined;
  if (schedules === "replay") return replay(JSON.parse(from) as Schedule, off);
  const first = from === "" || from === "-" ? Math.floor(Math.random() * 2 ** 31) : Number(from);
  const began = process.cpuUsage();
  const ends = new Map<string, number>();
  let violations = 0;
  for (let seed = first; seed < first + Number(schedules); seed++) {
    const { end, message } = await live(plan(seed), off, schedules === "1" ? console.log : undefined);
    const name = end === "human" ? `human: ${message}` : end;
    ends.set(name, (ends.get(name) ?? 0) + 1);
    // A cluster that never gets whole proves less than one that loses data.
    if (end !== "violated" || (off && message.startsWith("liveness")) || !message.startsWith(only)) continue;
    console.log(`seed ${seed} violates ${message}\n  ${replayCommand(await shrink(plan(seed), invariantOf(message), off), off)}`);
    violations++;
    if (off || violations >= 5) break;
  }
  const used = process.cpuUsage(began);
  console.log(`seeds from ${first}; ${((used.user + used.system) / 1e6).toFixed(1)} s CPU`);
  for (const [end, count] of [...ends].sort()) console.log(`  ${count} ${end}`);
  process.exitCode = violations > 0 && !off ? 1 : 0;
}

async function replay(schedule: Schedule, off: keyof Rules | undefined): Promise<void> {
  const { end, message } = await live(schedule, off, console.log);
  console.log(`${end} ${message}`);
}

void main();
