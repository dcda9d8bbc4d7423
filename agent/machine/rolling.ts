import { apiDrainSeconds } from "../../constructs/spec/drain";
import type { RoleConfiguration } from "../../constructs/spec/role-configuration";
import { seatStatus, type SeatStatus } from "../../constructs/spec/store";
import { say } from "../log";
import type { ControlPlane } from "../permit";
import type { RollMachine } from "../roll";
import { keys } from "../store/keys";
import { bootConfiguration, readDesired } from "./configuration";
import type { Configuring } from "./machine";
import { endTrial } from "./own-bundle";
import { plane, thatServe } from "./plane";
import { restartWatch, wantedRestart } from "./system-restart";
import { ran, type Run } from "./systemd";
import { isThrough, mayDisturb } from "./turn";

/** A status that is older, in times of how often one is written at least, says nothing any more. */
const old = 1.5;

/** A machine of the control plane as its roll-out sees it. It changes its configuration by ending: at its start an agent asks what to boot. */
export class Rolling implements RollMachine {
  private servesSince: number | undefined;
  private brokenSince = performance.now();
  private tierDownSince: number | undefined;
  private trial = true;
  private readonly restart = restartWatch(() => wantedRestart(this.run));

  constructor(
    private readonly machine: Configuring,
    /** Asked now, of etcd or of the API server itself. */
    private readonly serves: () => Promise<boolean>,
    /** What comes before the whole machine starts again: nobody is to ask anything of it any more. */
    private readonly leave: () => Promise<void> = () => Promise.resolve(),
    private readonly run: Run = ran,
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
    const statuses = await this.statuses();
    const open = await mayDisturb(this.machine);
    const restart = open ? await this.restart() : undefined;
    return {
      runs: configured.digest,
      // Of what is wanted now: another one may well come up.
      fellBack: desired.kind === "configured" && desired.configured.digest === fellBack,
      serves,
      healthyFor,
      brokenFor: serves ? 0 : (now - this.brokenSince) / 1000,
      reports: new Map([...statuses].map(([name, status]) => [name, status?.configuration])),
      tierDownFor: await this.tierDownFor(serves, statuses),
      turn: open && (await this.turn()),
      oneWay: false,
      leaves: identity.role === "master" ? apiDrainSeconds : 0,
      ...(restart === undefined ? {} : { restart }),
      ...(desired.kind === "configured" ? { desired: desired.configured.digest } : {}),
    };
  }

  async plane(): Promise<ControlPlane> {
    return plane(this.machine.configured.value, this.machine.name, await this.serves());
  }

  async apply(configuration: string, as: "permitted" | "broken"): Promise<void> {
    if (as === "broken" && (await this.serves())) return;
    // The same one again: an update of its system wants the whole machine to start.
    if (configuration === this.machine.configured.digest) {
      say("the machine starts again", { reason: await this.restart() });
      await this.leave();
      await this.run("systemctl", ["reboot"]);
      return;
    }
    const { store, objects, identity, name } = this.machine;
    const next = await bootConfiguration(store, objects, identity.cluster, identity.role, name);
    // As of a seat that is new, which the good configuration does not know.
    if (next.kind === "configured" && next.configured.digest === this.machine.configured.digest) return;
    say("starts again with another configuration", { from: this.machine.configured.digest, to: configuration, as });
    process.exit(0);
  }

  private get tier(): RoleConfiguration["seats"]["etcd"] {
    const { etcd, masters } = this.machine.configured.value.seats;
    return this.machine.identity.role === "etcd" ? etcd : masters;
  }

  private async statuses(): Promise<Map<string, SeatStatus | undefined>> {
    const { objects } = this.machine;
    const read = await Promise.all(this.tier.map(async ({ name }) => [name, await objects.read(keys.status(name), seatStatus)] as const));
    return new Map(read.map(([name, status]) => [name, status.kind === "found" ? status.value : undefined]));
  }

  /**
   * Seconds without a quorum of etcd, or without any ready API server. A machine that reaches nobody may be the one that is cut
   * off: what the others last wrote of themselves speaks for them as long as it is not old.
   */
  private async tierDownFor(serves: boolean, statuses: Map<string, SeatStatus | undefined>): Promise<number> {
    const { identity, name: own, objects, times } = this.machine;
    const needed = identity.role === "etcd" ? Math.floor(this.tier.length / 2) + 1 : 1;
    const since = (objects.now() ?? 0) - old * times.statusQuietly * 1000;
    const saysSo = (name: string): boolean => statuses.get(name)?.healthy === true && Date.parse(statuses.get(name)?.at ?? "") > since;
    const others = this.tier.filter(({ name }) => name !== own);
    const up = (answering: ReadonlySet<string>): number => others.filter(({ name }) => answering.has(name) || saysSo(name)).length;
    if (serves || up(await thatServe(others)) >= needed) {
      this.tierDownSince = undefined;
      return 0;
    }
    this.tierDownSince ??= performance.now();
    return (performance.now() - this.tierDownSince) / 1000;
  }

  // etcd goes first; masters wait until it runs what is wanted everywhere.
  private async turn(): Promise<boolean> {
    return this.machine.identity.role === "etcd" || (await isThrough(this.machine, "etcd")) !== undefined;
  }
}
