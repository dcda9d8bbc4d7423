import type { Epoch, Recovery } from "../../../constructs/spec/store";
import type { Rules } from "../../../agent/rules";
import { MemoryContents, MemoryStore } from "../../../agent/store/memory";
import { keys } from "../../../agent/store/keys";
import type { ParsedObjects } from "../../../agent/store/objects";
import type { Timing } from "../../../agent/timing";
import { Volume } from "./box";
import type { Box } from "./box";
import { Clock } from "./clock";
import { Etcd } from "./etcd";
import { Interruptions } from "./interruptions";
import { liveAgent } from "./life";
import { Links } from "./links";
import { Members } from "./members";
import type { Random } from "./random";
import type { Replica } from "./replica";
import { Rolling } from "./rolling";
import { Snapshots } from "./snapshots";
import { Witness } from "./witness";

/** The store's clock at the begin of every schedule: 2026-01-01. */
const origin = 1767225600000;

export function seatOf(index: number): Epoch["seats"][number] {
  return { name: `etcd-${index}`, peerUrl: `https://10.0.0.${index + 1}:2380` };
}

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
  readonly interruptions = new Interruptions(this);
  readonly links = new Links((name) => this.box(name)?.isolated === true);
  slowRestores = false;
  storeEmptied = false;
  /** Called at every step of a recovery: the worst moment for a fault. */
  onRecovery: (() => void) | undefined;
  /** When a seat last did something else than before. */
  lastNews = 0;
  private readonly readByWitness = new Map<string, { readonly version: string; readonly value: unknown }>();
  /** Shared by all agents: an object is parsed once. */
  readonly parsed: ParsedObjects = new Map();
  private readonly named = new Map<string, Box>();

  constructor(
    readonly random: Random,
    readonly times: Timing,
    readonly rules: Rules,
    public configured: Epoch["seats"],
    private readonly trace?: (line: string) => void,
  ) {
    this.clock = new Clock(random);
    this.members = new Members((clusterId) => this.etcd.leader(clusterId));
    this.witness = new Witness(this);
    this.etcd = new Etcd({
      random,
      running: () => this.running(),
      reaches: (from, to) => this.links.reaches(from, to),
      sends: (from, to) => this.links.sends(from, to),
      acknowledged: (write, leader) => this.witness.acknowledged(write, leader),
      changed: (leader) => this.witness.changed(leader),
    });
    for (const { name, peerUrl } of configured) this.boxes.push(this.newBox(name, "etcd", peerUrl));
    this.machines = [...this.boxes];
    this.applyStack();
  }

  private running(): Replica[] {
    const running: Replica[] = [];
    for (const { etcdRunning, volume } of this.boxes) if (etcdRunning && volume?.replica && !volume.corrupt) running.push(volume.replica);
    return running;
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
    const offset = this.random.between(0, 1e7);
    const volume = new Volume();
    const place = { name, role, peerUrl, store, configuration: "", bootedAt: 0, healthySince: undefined, restart: false };
    const state = { up: false, agentUp: false, etcdRunning: false, isolated: false, life: 0, sighting: undefined, memory: {}, last: "" };
    const box: Box = { ...place, ...state, offset, volume };
    this.named.set(name, box);
    return box;
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
    if (box.up) liveAgent(this, box);
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

  box(name: string): Box | undefined {
    return this.named.get(name);
  }

  /** For a person who reads one schedule. */
  say(line: string): void {
    this.trace?.(`${this.clock.now.toFixed(1).padStart(7)} ${line}`);
  }

  // --- people and repair ---

  /** Terraform puts into the store what machines are to be. */
  applyStack(): void {
    this.contents.put(keys.desired("etcd"), "{}");
  }

  isDesired(): boolean {
    return this.contents.objects.has(keys.desired("etcd"));
  }

  /** Two seats more, up to five: in the configuration of agents from their next start on. */
  grow(): void {
    const before = this.boxes.length;
    if (before >= 5) return;
    const added = [before, before + 1].map(seatOf);
    this.configured = [...this.configured, ...added];
    for (const { name, peerUrl } of added) {
      const box = this.newBox(name, "etcd", peerUrl);
      if (this.rolling) box.configuration = this.rolling.desired.etcd;
      this.boxes.push(box);
      this.machines.push(box);
      this.clock.soon(0, 60, () => this.boot(box));
    }
  }

  emptyStore(): void {
    this.contents.empty();
    this.storeEmptied = true;
  }

  epochInStore(): Epoch | undefined {
    return this.parsedObject<Epoch>(keys.epoch);
  }

  /** The epoch that a recovery has closed on, for good. */
  givenUp(): number | undefined {
    const recovery = this.parsedObject<Recovery>(keys.recovery);
    return recovery?.state === "proceed" ? recovery.epoch : undefined;
  }

  /** What agents have written, as the witness reads it. */
  parsedObject<T>(key: string): T | undefined {
    const object = this.contents.objects.get(key);
    if (!object) return undefined;
    const known = this.readByWitness.get(key);
    if (known?.version === object.version) return known.value as T;
    const value = JSON.parse(object.body) as T;
    this.readByWitness.set(key, { version: object.version, value });
    return value;
  }

  approve({ number, joined }: Epoch, seats: readonly string[]): void {
    const absent = seats.map((seat) => ({ seat, disk: joined.find((entry) => entry.seat === seat)?.disk }));
    const approval = { epoch: number, absent, by: "model", at: new Date(origin + this.clock.now * 1000).toISOString() };
    this.contents.put(keys.approval(number), JSON.stringify(approval));
  }

  /** Every fault ends, and every machine has a volume. */
  repair(): void {
    this.onRecovery = undefined;
    this.interruptions.crashChance = 0;
    this.interruptions.delayChance = 0;
    this.rolling?.fix();
    this.links.cut.clear();
    for (const box of this.machines) {
      box.isolated = false;
      delete box.store.faults.failure;
      box.volume ??= new Volume();
      if (!box.up) this.boot(box);
      else if (!box.agentUp) this.startAgent(box);
    }
  }
}
