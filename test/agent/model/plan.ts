import { atRecovery, faultKinds } from "./faults";
import type { FaultKind } from "./faults";
import { Random } from "./random";

/** One thing that is done to the world. Whom it meets is drawn from its own seed, so that it stays the same when others are left out. */
export interface Fault {
  readonly at: number;
  readonly kind: FaultKind;
  readonly seed: number;
}

/** One life of a cluster, as data: a failing one can be made smaller, printed, and lived again. */
export interface Schedule {
  /** Of everything that is drawn while it runs. */
  readonly seed: number;
  readonly seats: number;
  /** Rolling configurations need masters too; 0 leaves roll-outs out. */
  readonly masters: number;
  /** Chance of a crash, and of a delay, at every point of an agent's way. */
  readonly crashChance: number;
  readonly delayChance: number;
  readonly slowRestores: boolean;
  readonly faults: readonly Fault[];
  /** Chance of one more fault of these kinds, within so many seconds, at every step of a recovery: the worst moment. */
  readonly atRecovery: { readonly chance: number; readonly within: number; readonly kinds: readonly FaultKind[] };
  /** From here on nothing fails any more. */
  readonly repairAt: number;
}

/** Faults come within so many seconds; then everything is repaired. */
const chaos = 900;

/** Every schedule has faults of a few kinds only, so that each pair of kinds meets often. */
export function plan(seed: number): Schedule {
  const random = new Random(seed);
  const grows = random.chance(0.2);
  const seats = random.pick(grows ? [1, 1, 3] : [3, 3, 3, 5, 5]) ?? 3;
  const masters = random.chance(0.15) ? 2 : 0;
  const fault = (kind: FaultKind, from: number, to: number): Fault => ({
    at: Math.round(random.between(from, to)),
    kind,
    seed: Math.floor(random.next() * 2 ** 32),
  });
  const faults: Fault[] = [];
  const last = random.between(100, chaos);
  for (let left = grows ? 1 + Math.floor(random.next() * 2) : 0; left > 0; left--) faults.push(fault("grow", 60, last));
  const common = {
    seed,
    seats,
    masters,
    crashChance: random.chance(0.5) ? (random.pick([0.002, 0.01, 0.03]) ?? 0) : 0,
    delayChance: random.chance(0.7) ? (random.pick([0.01, 0.05]) ?? 0) : 0,
    slowRestores: random.chance(0.2),
  };
  if (random.chance(1 / 16)) {
    // Disks that come back while the others give their epoch up, where the store may not say so.
    faults.push(fault("lose majority", 100, 150));
    const kinds: readonly FaultKind[] = ["zombie", "zombie", "store of one"];
    return { ...common, faults, atRecovery: { chance: 0.5, within: 15, kinds }, repairAt: 600 };
  }
  const kinds = random.shuffle(faultKinds).slice(0, 1 + Math.floor(random.next() * 4));
  for (let left = 1 + Math.floor(random.next() * 10); left > 0; left--)
    faults.push(fault(random.pick(kinds) ?? "crash", random.chance(0.3) ? 0 : 40, last));
  for (let left = masters > 0 ? 1 + Math.floor(random.next() * 3) : 0; left > 0; left--)
    faults.push(fault(random.chance(0.6) ? "roll out" : "update", 100, last));
  if (random.chance(0.03)) {
    const emptied = fault("empty store", 100, last);
    faults.push(emptied);
    // Disks go at the same time, and a person applies the stack again.
    if (random.chance(0.5)) faults.push({ ...fault("lose disks", 0, 1), at: emptied.at + 5 });
    if (random.chance(0.5)) faults.push({ ...fault("apply", 0, 1), at: emptied.at + Math.round(random.between(10, 300)) });
  }
  const repairAt = Math.round(last + random.between(1, 120));
  return { ...common, faults, atRecovery: { chance: 0.15, within: 20, kinds: atRecovery }, repairAt };
}
