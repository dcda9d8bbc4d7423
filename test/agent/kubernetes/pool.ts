import type { Rollout } from "../../../constructs/spec/store";
import { kubernetesTimes } from "../../../agent/kubernetes/times";
import { decideWave, hasSettled, type Worker } from "../../../agent/kubernetes/waves";
import { decideWorker } from "../../../agent/kubernetes/worker-move";
import { configurationFor, readRollout, saveRollout } from "../../../agent/rollout";
import { everyRule } from "../../../agent/rules";
import { MemoryContents, MemoryStore } from "../../../agent/store/memory";
import { Objects } from "../../../agent/store/objects";
import { timing } from "../../../agent/timing";
import { start } from "../pki/world";

const times = { ...timing, drain: kubernetesTimes(1).drain };
const tickMs = 15_000;
const drainMs = 60_000;

export const digest = (name: string): string => name.padEnd(64, "0").replace(/[^0-9a-f]/g, "0");

/** A machine of the pool; what it is about to do takes its time. */
export interface Machine {
  readonly instance: string;
  readonly pool: string;
  runs: string;
  since: number;
  /** Busy until then with leaving, and then this is done. */
  leaving?: { readonly until: number; readonly then: () => void };
  restart: boolean;
  restarts: number;
  /** Its agent has ended for good. */
  silent: boolean;
  fellBack?: string;
}

/** Pools of workers in a simulated time, with masters that all decide, and a store in memory. */
export class Pools {
  readonly contents = new MemoryContents();
  machines: Machine[] = [];
  now = start;
  desired: string;
  turn = true;
  percent = 10;
  /** Configurations with which a kubelet does not come up. */
  readonly bad = new Set<string>();
  /** Configurations whose agent does not. */
  readonly throwing = new Set<string>();
  /** Nodes whose pods nobody reaches. */
  readonly unreachable = new Set<string>();
  /** Every wave that was named. */
  readonly waves: (readonly string[])[] = [];
  mostDown = 0;
  private next = 0;

  constructor(desired: string, sizes: Readonly<Record<string, number>>) {
    this.desired = desired;
    for (const [pool, size] of Object.entries(sizes)) for (let index = 0; index < size; index += 1) this.boot(pool, desired);
  }

  private boot(pool: string, runs: string): Machine {
    const machine = { instance: `i-${this.next++}`, pool, runs, since: this.now, restart: false, restarts: 0, silent: false };
    this.machines.push(machine);
    return machine;
  }

  private objects(): Objects {
    return new Objects(new MemoryStore(() => this.now, this.contents), () => this.now);
  }

  async record(): Promise<Rollout | undefined> {
    const read = await readRollout(this.objects(), "worker");
    return read.kind === "found" ? read.value : undefined;
  }

  machine(instance: string): Machine {
    const found = this.machines.find((one) => one.instance === instance);
    if (!found) throw new Error(`${instance} is gone`);
    return found;
  }

  /** As a group does it: the next machine of the pool boots what the record says. */
  async replace(instance: string): Promise<Machine> {
    const { pool } = this.machine(instance);
    this.machines = this.machines.filter((one) => one.instance !== instance);
    const record = await this.record();
    return this.boot(pool, configurationFor(record, `i-${this.next}`, this.desired, this.now, everyRule));
  }

  isReady({ runs, leaving }: Machine): boolean {
    return !this.bad.has(runs) && (leaving === undefined || leaving.until > this.now);
  }

  async run(seconds: number, until: (record: Rollout | undefined) => boolean = () => false): Promise<void> {
    for (const end = this.now + seconds * 1000; this.now < end; this.now += tickMs) {
      // Two masters decide on the same sight; one of them loses the write.
      await Promise.all([this.master(), this.master()]);
      for (const machine of this.machines) await this.worker(machine);
      this.mostDown = Math.max(this.mostDown, this.machines.filter((one) => one.leaving !== undefined || !this.isReady(one)).length);
      if (until(await this.record())) return;
    }
  }

  private async master(): Promise<void> {
    const objects = this.objects();
    const before = await readRollout(objects, "worker");
    if (before.kind !== "found" && before.kind !== "absent") throw new Error(before.reason);
    const record = before.kind === "found" ? before.value : undefined;
    const workers = this.machines.map((one) => this.seen(one));
    const settled = workers.filter((one) => record && hasSettled(record, one) && !this.unreachable.has(one.instance));
    const reached = new Set(settled.map(({ instance }) => instance));
    const view = { desired: this.desired, workers, reached, turn: this.turn, workersAtOncePercent: this.percent, now: this.now };
    const step = decideWave(record, view, times);
    if (step.kind !== "save") return;
    const written = await saveRollout(objects, "worker", before, step.rollout);
    const { wave } = step.rollout;
    if (written.kind === "written" && wave && JSON.stringify(wave) !== JSON.stringify(record?.wave)) this.waves.push(wave);
  }

  private seen(machine: Machine): Worker {
    const { instance, pool, runs, since, restart, silent, fellBack } = machine;
    const ready = this.isReady(machine);
    const healthy = ready && this.now - since >= timing.healthy * 1000;
    return { instance, pool, ready, runs: silent ? undefined : runs, healthy, restart, fellBack };
  }

  private async worker(machine: Machine): Promise<void> {
    const { leaving } = machine;
    if (leaving && leaving.until > this.now) return;
    delete machine.leaving;
    leaving?.then();
    const record = await this.record();
    if (machine.silent || !record) return;
    const { instance, runs, restart } = machine;
    const serves = this.isReady(machine);
    const step = decideWorker(record, { instance, runs, serves, restart: restart ? "an update" : undefined, now: this.now });
    const then = (): void => this.moved(machine, step);
    if (step.kind !== "rest" && !("configuration" in step && step.configuration === machine.fellBack))
      machine.leaving = { until: this.now + (serves ? drainMs : 0), then };
  }

  private moved(machine: Machine, step: ReturnType<typeof decideWorker>): void {
    machine.since = this.now;
    if (step.kind === "restart") {
      machine.restart = false;
      machine.restarts += 1;
    } else if (step.kind === "apply" && this.throwing.has(step.configuration)) machine.fellBack = step.configuration;
    else if (step.kind === "apply") machine.runs = step.configuration;
  }
}
