import type { Epoch } from "../../../constructs/spec/store";
import type { Action } from "../../../agent/actions";
import { lookAndRoll } from "../../../agent/roll";
import { lookAndAct, isSettled } from "../../../agent/seat/agent";
import type { Rules } from "../../../agent/rules";
import { MemoryContents, MemoryStore } from "../../../agent/store/memory";
import { keys } from "../../../agent/store/keys";
import { Objects } from "../../../agent/store/objects";
import type { ParsedObjects } from "../../../agent/store/objects";
import type { Timing } from "../../../agent/timing";
import { Volume } from "./box";
import type { Box } from "./box";
import { Clock } from "./clock";
import { Etcd } from "./etcd";
import { machineOf } from "./machine";
import { Members } from "./members";
import type { Random } from "./random";
import { Rolling } from "./rolling";
import { Snapshots } from "./snapshots";
import { Witness } from "./witness";

const cluster = "model";
/** The store's clock at the begin of every schedule: 2026-01-01. */
const origin = 1767225600000;

/** Machines, disks, etcd and a store, in simulated time; what must never happen is looked for at every step. */
export class World {
  readonly clock: Clock;
  readonly contents = new MemoryContents();
  readonly etcd: Etcd;
  /** Etcd seats. */
  readonly boxes: Box[] = [];
  /** Etcd seats and masters. */
  readonly machines: Box[];
  rolling: Rolling | undefined;
  readonly members: Members;
  readonly witness: Witness;
  readonly snapshots = new Snapshots(this);
  /** Chance of a crash, and of a delay, at every point of an agent's way. */
  crashChance = 0;
  delayChance = 0;
  storeEmptied = false;
  /** Called at every step of a recovery: the worst moment for a fault. */
  onRecovery: (() => void) | undefined;
  /** When a seat last did something else than before. */
  lastNews = 0;
  private epochRead: { readonly body: string; readonly epoch: Epoch } | undefined;
  private readonly parsed: ParsedObjects = new Map();
  private readonly offsets = new Map<string, number>();

  constructor(
    readonly random: Random,
    readonly times: Timing,
    readonly rules: Rules,
    readonly configured: Epoch["seats"],
    private readonly trace?: (line: string) => void,
  ) {
    this.clock = new Clock(random);
    this.members = new Members((clusterId) => this.etcd.leader(clusterId));
    this.witness = new Witness(this);
    this.etcd = new Etcd({
      random,
      running: () =>
        this.boxes.flatMap((box) => (box.etcdRunning && box.volume?.replica && !box.volume.corrupt ? [box.volume.replica] : [])),
      reaches: (from, to) => this.reaches(from, to),
      acknowledged: (write, leader) => this.witness.acknowledged(write, leader),
      changed: (leader) => this.witness.changed(leader),
    });
    for (const { name, peerUrl } of configured) this.boxes.push(this.newBox(name, "etcd", peerUrl));
    this.machines = [...this.boxes];
  }

  /** With masters, and configurations that are rolled out. */
  withRollouts(masters: number): Rolling {
    const rolling = new Rolling(this);
    for (let index = 0; index < masters; index++) this.machines.push(this.newBox(`master-${index}`, "master", ""));
    for (const box of this.machines) box.configuration = rolling.desired[box.role];
    this.rolling = rolling;
    return rolling;
  }

  /** The store's clock, in milliseconds since 1970. */
  storeNow(): number {
    return origin + this.clock.now * 1000;
  }

  private newBox(name: string, role: Box["role"], peerUrl: string): Box {
    const store = new MemoryStore(() => origin + this.clock.now * 1000, this.contents);
    this.offsets.set(name, this.random.between(0, 1e7));
    const volume = new Volume();
    const place = { name, role, peerUrl, store, configuration: "", bootedAt: 0, healthySince: undefined, restart: false };
    return { ...place, up: false, agentUp: false, life: 0, volume, etcdRunning: false, isolated: false, memory: {}, last: "" };
  }

  // --- machines and agents ---

  boot(box: Box): void {
    if (box.up) return;
    box.up = true;
    box.healthySince = undefined;
    box.bootedAt = this.clock.now;
    if (this.rolling) box.configuration = this.rolling.boots(box);
    this.startAgent(box);
  }

  startAgent(box: Box): void {
    if (!box.up) return;
    box.agentUp = true;
    const life = ++box.life;
    box.memory = {};
    const machine = machineOf(this, box);
    box.store.faults.pause = (moment) => this.storePoint(box, life, moment);
    const objects = new Objects(box.store, machine.monotonic, this.parsed);
    const seat = { cluster, name: box.name, peerUrl: box.peerUrl, configured: this.configured, machine, objects, times: this.times };
    const running = { machine: `${box.name}-${life}`, bootId: String(life) };
    const place = this.rolling && {
      name: box.name,
      role: box.role,
      objects,
      times: this.times,
      machine: this.rolling.machineOf(box, life),
    };
    const act = async (): Promise<Action> => {
      const action: Action = box.role === "etcd" ? await lookAndAct(seat, box.memory, running, this.rules) : { kind: "run" };
      if (["open", "vote", "close", "raise"].includes(action.kind)) this.onRecovery?.();
      const step = place && (await lookAndRoll(place, box.memory, this.rules));
      if (step?.kind === "save") this.say(`${box.name} roll-out: ${step.reason}`);
      if (step?.kind === "save" || step?.kind === "apply") this.lastNews = this.clock.now;
      if (step?.kind === "apply" || step?.kind === "ask") this.say(`${box.name} roll-out: ${step.kind}`);
      return action;
    };
    const look = (): void => {
      if (box.life !== life) return;
      act().then(
        (action) => {
          const did = JSON.stringify(action);
          this.witness.saw(action);
          if (did !== box.last) {
            this.say(`${box.name} ${did}`);
            this.lastNews = this.clock.now;
          }
          box.last = did;
          const wait = isSettled(action) ? 20 : action.kind === "wait" || action.kind === "halt" ? 8 : 1;
          this.clock.soon(wait * 0.7, wait * 1.3, look);
        },
        (error: unknown) =>
          this.witness.violate("agent", `${box.name} threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
      );
    };
    look();
  }

  /** Ends the agent's process; what it had begun never goes on. */
  stopAgent(box: Box): void {
    box.agentUp = false;
    box.life++;
  }

  crash(box: Box): void {
    this.stopAgent(box);
    box.up = false;
    box.etcdRunning = false;
  }

  /** A point between two steps of an agent. */
  point(box: Box, life: number): Promise<void> | undefined {
    if (box.life !== life) return new Promise<never>(() => undefined);
    if (this.crashChance > 0 && this.random.chance(this.crashChance)) {
      this.strike(box);
      return new Promise<never>(() => undefined);
    }
    if (this.delayChance === 0 || !this.random.chance(this.delayChance)) return undefined;
    return new Promise((resolve) => this.clock.soon(0.1, 20, () => (box.life === life ? resolve() : undefined)));
  }

  // A put that was on its way when its machine crashed may still arrive.
  private storePoint(box: Box, life: number, moment: "before" | "after"): Promise<void> | undefined {
    if (moment === "after" || box.life !== life) return this.point(box, life);
    if (this.crashChance > 0 && this.random.chance(this.crashChance)) {
      this.strike(box);
      return this.random.chance(0.5) ? new Promise((resolve) => this.clock.soon(0, 40, resolve)) : new Promise<never>(() => undefined);
    }
    if (this.delayChance === 0 || !this.random.chance(this.delayChance)) return undefined;
    return new Promise((resolve) => this.clock.soon(0.1, 20, resolve));
  }

  private strike(box: Box): void {
    if (this.random.chance(0.5)) {
      this.crash(box);
      this.clock.soon(5, 120, () => this.boot(box));
    } else {
      this.stopAgent(box);
      this.clock.soon(1, 40, () => this.startAgent(box));
    }
  }

  /** Monotonic clocks of machines begin anywhere. */
  offsetOf(box: Box): number {
    return this.offsets.get(box.name) ?? 0;
  }

  reaches(from: string, to: string): boolean {
    if (from === to) return true;
    return !this.box(from)?.isolated && !this.box(to)?.isolated;
  }

  box(name: string): Box | undefined {
    return this.machines.find((box) => box.name === name);
  }

  /** For a person who reads one schedule. */
  say(line: string): void {
    this.trace?.(`${this.clock.now.toFixed(1).padStart(7)} ${line}`);
  }

  // --- people and repair ---

  emptyStore(): void {
    this.contents.empty();
    this.storeEmptied = true;
  }

  epochInStore(): Epoch | undefined {
    const object = this.contents.objects.get(keys.epoch);
    if (!object) return undefined;
    if (this.epochRead?.body !== object.body) this.epochRead = { body: object.body, epoch: JSON.parse(object.body) as Epoch };
    return this.epochRead.epoch;
  }

  approve({ number, joined }: Epoch, seats: readonly string[]): void {
    const absent = seats.map((seat) => ({ seat, disk: joined.find((entry) => entry.seat === seat)?.disk }));
    const approval = { epoch: number, absent, by: "model", at: new Date(origin + this.clock.now * 1000).toISOString() };
    this.contents.put(keys.approval(number), JSON.stringify(approval));
  }

  /** Every fault ends, and every machine has a volume. */
  repair(): void {
    this.onRecovery = undefined;
    this.crashChance = 0;
    this.delayChance = 0;
    this.rolling?.fix();
    for (const box of this.machines) {
      box.isolated = false;
      delete box.store.faults.failure;
      box.volume ??= new Volume();
      if (!box.up) this.boot(box);
      else if (!box.agentUp) this.startAgent(box);
    }
  }
}
