import type { Rollout } from "../../../constructs/spec/store";
import type { RollMachine } from "../../../agent/roll";
import { configurationFor } from "../../../agent/rollout";
import { keys } from "../../../agent/store/keys";
import type { Box } from "./box";
import type { World } from "./world";

type Tier = "etcd" | "master";

/** A person who changes what is desired sooner than a recovery may take keeps it from ever beginning. */
const patience = 900;

/** Configurations of the two tiers of the control plane: what is desired, what each machine boots, and who was taken down on purpose. */
export class Rolling {
  readonly desired: Record<Tier, string> = { etcd: "e".repeat(64), master: "d".repeat(64) };
  private readonly bad = new Set<string>();
  private readonly purposely = new Set<Box>();
  private readonly servedAt = new Map<Box, number>();
  private readonly tierServedAt: Record<Tier, number> = { etcd: 0, master: 0 };

  constructor(private readonly world: World) {}

  /** Somebody wants another configuration, perhaps one that no machine comes up with. */
  want(tier: Tier, configuration: string, bad: boolean): void {
    this.desired[tier] = configuration;
    if (bad) this.bad.add(this.desired[tier]);
    this.world.say(`desired/${tier} is now ${this.desired[tier].slice(0, 4)}${bad ? ", which is bad" : ""}`);
  }

  /** A person replaces what nothing comes up with, or what failed because a fault came between; and looks again later. */
  fix(): void {
    for (const tier of ["etcd", "master"] as const)
      if (this.bad.has(this.desired[tier]) || this.rollout(tier)?.state === "failed") this.want(tier, this.world.random.hex(64), false);
    this.world.clock.after(patience, () => this.fix());
  }

  isBad(box: Box): boolean {
    return this.bad.has(box.configuration);
  }

  serves(box: Box): boolean {
    const { world } = this;
    const { replica } = box.volume ?? {};
    // An API server is ready once etcd was.
    if (box.role === "master") return box.up && !this.isBad(box) && world.witness.hasServed;
    const leader = box.etcdRunning && replica ? world.etcd.leader(replica.clusterId) : undefined;
    return (
      leader !== undefined &&
      replica !== undefined &&
      leader.configuration.voters.includes(replica.member) &&
      world.links.reaches(box.name, leader.seat)
    );
  }

  /** What the loader of a machine that boots now decides; without the store it keeps what it had. */
  boots(box: Box): string {
    if (box.store.faults.failure || !this.world.isDesired()) return box.configuration;
    const now = this.world.storeNow();
    const rollout = this.rollout(box.role);
    const chosen = configurationFor(rollout, box.name, this.desired[box.role], now, this.world.rules);
    const served = this.servedAt.get(box) ?? -Infinity;
    const meant = rollout?.machine === box.name || rollout?.done.includes(box.name);
    // Whoever applies the stack to an emptied store says anew what is good.
    if (
      !this.world.storeEmptied &&
      this.bad.has(chosen) &&
      !meant &&
      !rollout?.emergency &&
      this.world.clock.now - served < this.world.times.emergency
    )
      this.down(box, `boots a configuration that no machine comes up with`);
    return chosen;
  }

  /** Called often, so that it is known who served when. */
  note(): void {
    for (const box of this.world.machines) {
      if (!this.serves(box)) continue;
      this.servedAt.set(box, this.world.clock.now);
      this.purposely.delete(box);
      this.tierServedAt[box.role] = this.world.clock.now;
    }
  }

  private down(box: Box, what: string): void {
    for (const other of this.purposely) if (other !== box && this.serves(other)) this.purposely.delete(other);
    this.purposely.add(box);
    if (this.purposely.size > 1)
      this.world.witness.violate(
        "on purpose",
        `${box.name} ${what} while ${[...this.purposely].map(({ name }) => name).join(", ")} are down on purpose`,
      );
  }

  machineOf(box: Box, life: number): RollMachine {
    const { world } = this;
    const call = <T>(effect: () => T): Promise<T> => world.interruptions.call(box, life, effect);
    return {
      look: () =>
        call(() => {
          const serves = this.serves(box);
          box.healthySince = serves ? (box.healthySince ?? world.clock.now) : undefined;
          const tier = world.machines.filter(({ role }) => role === box.role);
          return {
            ...(world.isDesired() ? { desired: this.desired[box.role] } : {}),
            brokenFor: serves ? 0 : world.clock.now - box.bootedAt,
            runs: box.configuration,
            fellBack: false,
            serves,
            healthyFor: box.healthySince === undefined ? 0 : world.clock.now - box.healthySince,
            reports: new Map(tier.map(({ name, configuration, up }) => [name, up ? configuration : undefined])),
            turn: box.role === "etcd" || this.isThrough("etcd"),
            oneWay: false,
            tierDownFor: world.clock.now - Math.max(box.bootedAt, this.tierServedAt[box.role]),
            ...(box.restart ? { restart: "update" } : {}),
          };
        }),
      plane: () =>
        call(() => {
          const unhealthy = world.machines.filter(
            (other) => other !== box && !(this.serves(other) && world.links.reaches(box.name, other.name)),
          );
          return { unhealthy: unhealthy.map(({ name }) => name), serves: this.serves(box), quorumWithout: true };
        }),
      apply: (_configuration, as) =>
        call(() => {
          if (as === "broken" && this.serves(box)) return;
          if (this.serves(box)) this.down(box, "is taken down");
          box.restart = false;
          world.crash(box);
          world.clock.soon(10, 60, () => world.boot(box));
        }),
    };
  }

  isThrough(tier: Tier): boolean {
    const rollout = this.rollout(tier);
    return rollout?.state === "whole" && rollout.good === this.desired[tier];
  }

  private rollout(tier: Tier): Rollout | undefined {
    return this.world.parsedObject<Rollout>(keys.rollout(tier));
  }
}
