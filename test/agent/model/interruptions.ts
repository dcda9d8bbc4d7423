import type { Box } from "./box";
import type { World } from "./world";

/** Machines and agents that die, and calls that take long, between any two steps of an agent. */
export class Interruptions {
  /** Of every point of an agent's way. */
  crashChance = 0;
  delayChance = 0;

  constructor(private readonly world: World) {}

  /** A point between two steps of an agent. */
  point(box: Box, life: number): Promise<void> | undefined {
    if (box.life !== life) return new Promise<never>(() => undefined);
    if (this.crashChance > 0 && this.world.random.chance(this.crashChance)) {
      this.strike(box);
      return new Promise<never>(() => undefined);
    }
    if (this.delayChance === 0 || !this.world.random.chance(this.delayChance)) return undefined;
    return new Promise((resolve) => this.world.clock.soon(0.1, 20, () => (box.life === life ? resolve() : undefined)));
  }

  /** What an agent does to its machine in one step. */
  async call<T>(box: Box, life: number, effect: () => T): Promise<T> {
    const before = this.point(box, life);
    if (before) await before;
    const result = effect();
    const after = this.point(box, life);
    if (after) await after;
    return result;
  }

  /** Something that takes its time; whoever dies meanwhile has not done it. */
  takes(box: Box, life: number, seconds: number): Promise<void> {
    return new Promise((resolve) => this.world.clock.after(seconds, () => (box.life === life ? resolve() : undefined)));
  }

  // A put that was on its way when its machine crashed may still arrive.
  storePoint(box: Box, life: number, moment: "before" | "after"): Promise<void> | undefined {
    if (moment === "after" || box.life !== life) return this.point(box, life);
    if (this.crashChance > 0 && this.world.random.chance(this.crashChance)) {
      this.strike(box);
      return this.world.random.chance(0.5)
        ? new Promise((resolve) => this.world.clock.soon(0, 40, resolve))
        : new Promise<never>(() => undefined);
    }
    if (this.delayChance === 0 || !this.world.random.chance(this.delayChance)) return undefined;
    return new Promise((resolve) => this.world.clock.soon(0.1, 20, resolve));
  }

  private strike(box: Box): void {
    if (this.world.random.chance(0.5)) {
      this.world.crash(box);
      this.world.clock.soon(5, 120, () => this.world.boot(box));
    } else {
      this.world.stopAgent(box);
      this.world.clock.soon(1, 40, () => this.world.startAgent(box));
    }
  }
}
