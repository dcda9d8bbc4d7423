import { everyRule } from "../../../agent/rules";
import type { Rules } from "../../../agent/rules";
import { timing as realTiming } from "../../../agent/timing";
import { strike } from "./faults";
import type { Shelf } from "./faults";
import { plan } from "./plan";
import type { Schedule } from "./plan";
import { Random } from "./random";
import { seatOf, World } from "./world";

export interface Outcome {
  /** `whole`, or what a person has to do, or the invariant that was violated. */
  readonly end: "whole" | "human" | "violated";
  /** The invariant and what happened to it, `acknowledged: …`; or why a person is waited for. */
  readonly message: string;
}

/** Nothing new from any seat for so long, longer than any timer, and it stays as it is. */
const stillness = 1500;
/** The same where a person is waited for already, and only recoveries could still move. */
const stillForPerson = 600;
const longest = 12000;
/** Roll-outs are through sooner, so that more of a schedule is faults. */
const timing = { ...realTiming, healthy: 60, candidate: 300 };

/** The life that a seed stands for. The same seed and rules give the same life. */
export function runSeed(seed: number, off?: keyof Rules, trace?: (line: string) => void): Promise<Outcome> {
  return live(plan(seed), off, trace);
}

/** One random life of a cluster: born, struck, repaired. */
export async function live(schedule: Schedule, off?: keyof Rules, trace?: (line: string) => void): Promise<Outcome> {
  // From here on inside a microtask: a tick that is asked for outside of one runs before the promises, not after them.
  await Promise.resolve();
  const rules = off ? { ...everyRule, [off]: false } : everyRule;
  const world = worldOf(schedule, rules, trace);
  const { clock, witness } = world;
  let repaired = false;
  while (!witness.violation && clock.now < longest && !(repaired && clock.now - world.lastNews > stillness) && (await clock.step())) {
    if (clock.now > schedule.repairAt && !repaired) {
      repaired = true;
      world.repair();
    }
    if (repaired && witness.isWhole()) return { end: "whole", message: "" };
    if (repaired && clock.now - world.lastNews > stillForPerson && witness.waitsForPerson()) break;
  }
  if (witness.violation) return { end: "violated", message: `${witness.violation.invariant}: ${witness.violation.message}` };
  const why = witness.waitsForPerson();
  const objects = ["permit", "rollout/etcd", "rollout/master"].map((key) => world.contents.objects.get(key)?.body ?? `no ${key}`);
  const state = [...world.boxes.map((box) => `${box.name} ${box.last}`), ...objects].join("; ");
  return why ? { end: "human", message: why } : { end: "violated", message: `liveness: not whole: ${state}` };
}

function worldOf(schedule: Schedule, rules: Rules, trace?: (line: string) => void): World {
  const random = new Random(schedule.seed ^ 0x9e3779b9);
  const world = new World(
    random,
    timing,
    rules,
    Array.from({ length: schedule.seats }, (_, index) => seatOf(index)),
    trace,
  );
  const { clock } = world;
  const rolling = schedule.masters > 0 ? world.withRollouts(schedule.masters) : undefined;
  world.interruptions.crashChance = schedule.crashChance;
  world.interruptions.delayChance = schedule.delayChance;
  world.slowRestores = schedule.slowRestores;
  for (const box of world.machines) clock.soon(0, random.chance(0.2) ? 300 : 5, () => world.boot(box));
  const etcdRound = (): void => {
    world.etcd.round();
    rolling?.note();
    clock.soon(2, 6, etcdRound);
  };
  etcdRound();
  const snapshot = (): void => {
    world.snapshots.take();
    clock.soon(60, 300, snapshot);
  };
  clock.after(100, snapshot);
  const shelf: Shelf = [];
  for (const { at, kind, seed } of schedule.faults) clock.after(at, () => strike(world, kind, shelf, new Random(seed)));
  const { chance, within, kinds } = schedule.atRecovery;
  world.onRecovery = () => {
    if (random.chance(chance)) clock.soon(0, within, () => strike(world, random.pick(kinds) ?? "crash", shelf, random, 10));
  };
  return world;
}
