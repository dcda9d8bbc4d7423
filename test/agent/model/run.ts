import type { Rules } from "../../../agent/rules";
import { runSchedule } from "./schedule";

/** `node run.js test/agent/model/run.ts SCHEDULES [SEED] [RULE] [INVARIANT]`: so many random schedules, perhaps with one rule switched off; a single one is told step by step. */
async function main(): Promise<void> {
  const [schedules = "2000", from = "", off, only = ""] = process.argv.slice(2);
  const first = from === "" || from === "-" ? Math.floor(Math.random() * 2 ** 31) : Number(from);
  const began = process.cpuUsage();
  const ends = new Map<string, number>();
  const violations: string[] = [];
  for (let index = 0; index < Number(schedules); index++) {
    const { seed, end, message } = await runSchedule(
      first + index,
      off as keyof Rules | undefined,
      schedules === "1" ? console.log : undefined,
    );
    const name = end === "human" ? `human: ${message}` : end;
    ends.set(name, (ends.get(name) ?? 0) + 1);
    // A cluster that never gets whole proves less than one that loses data.
    if (end !== "violated" || (off && message.startsWith("liveness")) || !message.startsWith(only)) continue;
    violations.push(`${seed} ${message}`);
    if (off || violations.length >= 5) break;
  }
  const used = process.cpuUsage(began);
  console.log(`seeds from ${first}; ${((used.user + used.system) / 1e6).toFixed(1)} s CPU`);
  for (const [end, count] of [...ends].sort()) console.log(`  ${count} ${end}`);
  for (const violation of violations) console.log(`  violated: seed ${violation}`);
  process.exitCode = violations.length > 0 && !off ? 1 : 0;
}

void main();
