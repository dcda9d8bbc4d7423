import { everyRule } from "../../../agent/rules";
import type { Rules } from "../../../agent/rules";
import { timing } from "../../../agent/timing";
import { faultKinds, strike } from "./faults";
import type { Shelf } from "./faults";
import { Random } from "./random";
import { World } from "./world";

export interface Outcome {
  readonly seed: number;
  /** `whole`, or what a person has to do, or the invariant that was violated. */
  readonly end: "whole" | "human" | "violated";
  readonly message: string;
}

/** Faults come in these many seconds; then everything is repaired. */
const chaos = 900;
const patience = 6000;

/** One random life of a cluster: born, struck, repaired. The same seed and rules give the same life. */
export async function runSchedule(seed: number, off?: keyof Rules, trace?: (line: string) => void): Promise<Outcome> {
  const random = new Random(seed);
  const seats = random.chance(0.7) ? 3 : 5;
  const rules = off ? { ...everyRule, [off]: false } : everyRule;
  const configured = Array.from({ length: seats }, (_, index) => ({ name: `etcd-${index}`, peerUrl: `https://10.0.0.${index + 1}:2380` }));
  const world = new World(random, timing, rules, configured, trace);
  plan(world);
  const repairAt = chaos;
  let repaired = false;
  while (!world.violation && world.clock.now < chaos + patience && (await world.clock.step())) {
    if (world.clock.now > repairAt && !repaired) {
      repaired = true;
      world.repair();
    }
    if (repaired && world.isWhole()) return { seed, end: "whole", message: "" };
  }
  if (world.violation) return { seed, end: "violated", message: `${world.violation.invariant}: ${world.violation.message}` };
  const why = world.waitsForPerson();
  const state = world.boxes.map((box) => `${box.name} ${box.last}`).join("; ");
  return why ? { seed, end: "human", message: why } : { seed, end: "violated", message: `liveness: not whole: ${state}` };
}

// Every schedule has faults of a few kinds only, so that each pair of kinds meets often.
function plan(world: World): void {
  const { random, clock } = world;
  for (const box of world.boxes) clock.soon(0, random.chance(0.2) ? 300 : 5, () => world.boot(box));
  const etcdRound = (): void => {
    world.etcd.round();
    clock.soon(2, 6, etcdRound);
  };
  etcdRound();
  const snapshot = (): void => {
    world.snapshot();
    clock.soon(60, 300, snapshot);
  };
  clock.after(100, snapshot);
  if (random.chance(0.5)) world.crashChance = random.pick([0.002, 0.01, 0.03]) ?? 0;
  if (random.chance(0.7)) world.delayChance = random.pick([0.01, 0.05]) ?? 0;
  const kinds = random.shuffle(faultKinds).slice(0, 1 + Math.floor(random.next() * 4));
  const shelf: Shelf = [];
  const faults = 1 + Math.floor(random.next() * 10);
  const last = random.between(100, chaos);
  for (let fault = 0; fault < faults; fault++) {
    const kind = random.pick(kinds);
    if (kind) clock.soon(random.chance(0.3) ? 0 : 40, last, () => strike(world, kind, shelf));
  }
  if (random.chance(0.02)) clock.soon(100, chaos, () => strike(world, "empty store", shelf));
}
