import { seatStatus } from "../../constructs/spec/store";
import { say } from "../log";
import type { ControlPlane } from "../permit";
import type { RollMachine } from "../roll";
import { readRollout } from "../rollout";
import { keys } from "../store/keys";
import { readDesired } from "./configuration";
import type { Configuring } from "./machine";
import { endTrial } from "./own-bundle";
import { plane } from "./plane";

/** A machine of the control plane as its roll-out sees it. It changes its configuration by ending: at its start an agent asks what to boot. */
export class Rolling implements RollMachine {
  private servesSince: number | undefined;
  private brokenSince = performance.now();
  private trial = true;

  constructor(
    private readonly machine: Configuring,
    /** Asked now, of etcd or of the API server itself. */
    private readonly serves: () => Promise<boolean>,
  ) {}

  async look(): Promise<Awaited<ReturnType<RollMachine["look"]>>> {
    const { identity, store, configured, fellBack, times } = this.machine;
    const serves = this.machine.health.serves;
    const now = performance.now();
    if (serves) this.servesSince ??= now;
    else {
      if (this.servesSince !== undefined) this.brokenSince = now;
      this.servesSince = undefined;
    }
    const healthyFor = this.servesSince === undefined ? 0 : (now - this.servesSince) / 1000;
    if (this.trial && healthyFor >= times.healthy) {
      await endTrial();
      this.trial = false;
    }
    const desired = await readDesired(store, identity.cluster, identity.role);
    return {
      runs: configured.digest,
      fellBack,
      serves,
      healthyFor,
      brokenFor: serves ? 0 : (now - this.brokenSince) / 1000,
      reports: await this.reports(),
      turn: await this.turn(),
      oneWay: false,
      ...(desired.kind === "configured" ? { desired: desired.configured.digest } : {}),
    };
  }

  async plane(): Promise<ControlPlane> {
    return plane(this.machine.configured.value, this.machine.name, await this.serves());
  }

  async apply(configuration: string, as: "permitted" | "broken"): Promise<void> {
    if (as === "broken" && (await this.serves())) return;
    say("starts again with another configuration", { from: this.machine.configured.digest, to: configuration, as });
    process.exit(0);
  }

  private async reports(): Promise<Map<string, string | undefined>> {
    const { configured, identity, objects } = this.machine;
    const { etcd, masters } = configured.value.seats;
    const seats = identity.role === "etcd" ? etcd : masters;
    const read = await Promise.all(seats.map(async ({ name }) => [name, await objects.read(keys.status(name), seatStatus)] as const));
    return new Map(read.map(([name, status]) => [name, status.kind === "found" ? status.value.configuration : undefined]));
  }

  // etcd goes first; masters wait until it runs what is wanted everywhere.
  private async turn(): Promise<boolean> {
    if (this.machine.identity.role === "etcd") return true;
    const { store, objects, identity } = this.machine;
    const rollout = await readRollout(objects, "etcd");
    if (rollout.kind !== "found" || rollout.value.state !== "whole") return false;
    const desired = await readDesired(store, identity.cluster, "etcd");
    return desired.kind === "configured" && desired.configured.digest === rollout.value.good;
  }
}
