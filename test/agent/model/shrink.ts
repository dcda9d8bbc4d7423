import type { Rules } from "../../../agent/rules";
import type { Schedule } from "./plan";
import { live } from "./schedule";

/** A schedule that violates the same invariant with as little as possible in it. */
export async function shrink(schedule: Schedule, invariant: string, off?: keyof Rules): Promise<Schedule> {
  let smallest = schedule;
  for (;;) {
    const smaller = await firstThat(simpler(smallest), (candidate) => violates(candidate, invariant, off));
    if (!smaller) return smallest;
    smallest = smaller;
  }
}

export function invariantOf(message: string): string {
  return message.split(":")[0] ?? message;
}

/** Whoever reads a failure needs no more than this to see it again. */
export function replayCommand(schedule: Schedule, off?: keyof Rules): string {
  return `node run.js test/agent/model/run.ts replay '${JSON.stringify(schedule)}'${off ? ` ${off}` : ""}`;
}

async function violates(schedule: Schedule, invariant: string, off?: keyof Rules): Promise<boolean> {
  const { end, message } = await live(schedule, off);
  return end === "violated" && invariantOf(message) === invariant;
}

async function firstThat(candidates: Iterable<Schedule>, holds: (candidate: Schedule) => Promise<boolean>): Promise<Schedule | undefined> {
  for (const candidate of candidates) if (await holds(candidate)) return candidate;
  return undefined;
}

/** Every schedule that has one thing less. */
function* simpler(schedule: Schedule): Iterable<Schedule> {
  const { faults, atRecovery } = schedule;
  if (atRecovery.chance > 0) yield { ...schedule, atRecovery: { ...atRecovery, chance: 0, kinds: [] } };
  if (schedule.crashChance > 0) yield { ...schedule, crashChance: 0 };
  if (schedule.delayChance > 0) yield { ...schedule, delayChance: 0 };
  if (schedule.slowRestores) yield { ...schedule, slowRestores: false };
  if (schedule.masters > 0)
    yield { ...schedule, masters: 0, faults: faults.filter(({ kind }) => kind !== "roll out" && kind !== "update") };
  for (let left = faults.length - 1; left >= 0; left--) yield { ...schedule, faults: faults.filter((_, index) => index !== left) };
}
