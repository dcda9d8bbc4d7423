import { everyRule } from "../../../agent/rules";
import type { Rules } from "../../../agent/rules";
import { timing as realTiming } from "../../../agent/timing";
import { faultKinds, loseMajority, strike } from "./faults";
import type { FaultKind, Shelf } from "./faults";
import { Random } from "./random";
import { World } from "./world";

export interface Outcome {
  readonly seed: number;
  /** `whole`, or what a person has to do, or the invariant that was violated. */
  readonly end: "whole" | "human" | "violated";
  readonly message: string;
}

/** Faults come within so many seconds; then everything is repaired. */
const chaos = 900;
/** Nothing new from any seat for so long, longer than any timer, and it stays as it is. */
const stillness = 1500;
const longest = 12000;
/** Roll-outs are through sooner, so that more of a schedule is faults. */
const timing = { ...realTiming, healthy: 60, candidate: 300 };

const atRecovery: readonly FaultKind[] = ["zombie", "zombie", "zombie", "agent", "crash", "store of one", "lose disk"];

/** One random life of a cluster: born, struck, repaired. The same seed and rules give the same life. */
export async function runSchedule(seed: number, off?: keyof Rules, trace?: (line: string) => void): Promise<Outcome> {
  // From here on inside a microtask: a tick that is asked for outside of one runs before the promises, not after them.
  await Promise.resolve();
  const random = new Random(seed);
  const seats = random.chance(0.7) ? 3 : 5;
  const rules = off ? { ...everyRule, [off]: false } : everyRule;
  const configured = Array.from({ length: seats }, (_, index) => ({ name: `etcd-${index}`, peerUrl: `https://10.0.0.${index + 1}:2380` }));
  const world = new World(random, timing, rules, configured, trace);
  const repairAt = plan(world, seed);
  let repaired = false;
  while (
    !world.witness.violation &&
    world.clock.now < longest &&
    !(repaired && world.clock.now - world.lastNews > stillness) &&
    (await world.clock.step())
  ) {
    if (world.clock.now > repairAt && !repaired) {
      repaired = true;
      world.repair();
    }
    if (repaired && world.witness.isWhole()) return { seed, end: "whole", message: "" };
  }
  if (world.witness.violation)
    return { seed, end: "violated", message: `${world.witness.violation.invariant}: ${world.witness.violation.message}` };
  const why = world.witness.waitsForPerson();
  const objects = ["permit", "rollout/etcd", "rollout/master"].map((key) => world.contents.objects.get(key)?.body ?? `no ${key}`);
  const state = [...world.boxes.map((box) => `${box.name} ${box.last}`), ...objects].join("; ");
  return why ? { seed, end: "human", message: why } : { seed, end: "violated", message: `liveness: not whole: ${state}` };
}

// Every schedule has faults of a few kinds only, so that each pair of kinds meets often.
function plan(world: World, seed: number): number {
  const { random, clock } = world;
  const rolling = random.chance(0.2) ? world.withRollouts(2) : undefined;
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
  if (random.chance(0.5)) world.crashChance = random.pick([0.002, 0.01, 0.03]) ?? 0;
  if (random.chance(0.7)) world.delayChance = random.pick([0.01, 0.05]) ?? 0;
  const kinds = random.shuffle(faultKinds).slice(0, 1 + Math.floor(random.next() * 4));
  const shelf: Shelf = [];
  world.onRecovery = () => {
    if (random.chance(0.15)) clock.soon(0, 20, () => strike(world, random.pick(atRecovery) ?? "crash", shelf, 10));
  };
  if (seed % 16 === 15) {
    clock.soon(100, 150, () => loseMajority(world, shelf));
    world.onRecovery = () => {
      if (random.chance(0.5)) clock.soon(0, 15, () => strike(world, "zombie", shelf, 5));
    };
    return 600;
  }
  const faults = 1 + Math.floor(random.next() * 10);
  const last = random.between(100, chaos);
  for (let fault = 0; fault < faults; fault++) {
    const kind = random.pick(kinds);
    if (kind) clock.soon(random.chance(0.3) ? 0 : 40, last, () => strike(world, kind, shelf));
  }
  for (let changes = rolling ? 1 + Math.floor(random.next() * 3) : 0; changes > 0; changes--)
    clock.soon(100, last, () => strike(world, random.chance(0.6) ? "roll out" : "update", shelf));
  if (random.chance(0.02)) clock.soon(100, last, () => strike(world, "empty store", shelf));
  return last + random.between(1, 120);
}
