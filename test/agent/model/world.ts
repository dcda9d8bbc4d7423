import type { Epoch, SnapshotRecord } from "../../../constructs/spec/store";
import { permit as permitSchema } from "../../../constructs/spec/store";
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
import { machineOf, shaOf } from "./machine";
import { idOf } from "./random";
import type { Random } from "./random";
import { Replica } from "./replica";
import type { Configuration } from "./replica";

const cluster = "model";
/** The store's clock at the begin of every schedule: 2026-01-01. */
const origin = 1767225600000;

/** Machines, disks, etcd and a store, in simulated time; what must never happen is looked for at every step. */
export class World {
  readonly clock: Clock;
  readonly contents = new MemoryContents();
  readonly etcd: Etcd;
  readonly boxes: Box[] = [];
  readonly snapshots = new Map<string, ReadonlySet<number>>();
  readonly started = new Set<string>();
  /** Changes of membership that a seat has begun and not ended. */
  readonly open = new Map<string, { readonly fence: number | undefined }>();
  violation: { readonly invariant: string; readonly message: string } | undefined;
  /** Chance of a crash, and of a delay, at every point of an agent's way. */
  crashChance = 0;
  delayChance = 0;
  storeEmptied = false;
  private readonly parsed: ParsedObjects = new Map();
  private readonly seats = new Map<string, string>();
  private readonly clusterIds = new Map<string, string>();
  private readonly offsets = new Map<string, number>();
  private readonly lostMembers = new Set<string>();
  private acked: number[] = [];
  private served: { epoch: number; token: string } | undefined;
  private checked: Replica | undefined;
  /** Of the epoch that serves, as last committed. */
  private newest: Configuration = { voters: [], learners: [] };
  private members = 0;

  constructor(
    readonly random: Random,
    readonly times: Timing,
    readonly rules: Rules,
    readonly configured: Epoch["seats"],
    private readonly trace?: (line: string) => void,
  ) {
    this.clock = new Clock(random);
    this.etcd = new Etcd({
      random,
      running: () =>
        this.boxes.flatMap((box) => (box.etcdRunning && box.volume?.replica && !box.volume.corrupt ? [box.volume.replica] : [])),
      reaches: (from, to) => this.reaches(from, to),
      acknowledged: (write, leader) => this.acknowledged(write, leader),
      changed: (leader) => (this.newest = leader.configuration),
    });
    for (const { name, peerUrl } of configured) this.boxes.push(this.newBox(name, peerUrl));
  }

  private newBox(name: string, peerUrl: string): Box {
    const store = new MemoryStore(() => origin + this.clock.now * 1000, this.contents);
    this.offsets.set(name, this.random.between(0, 1e7));
    const volume = new Volume();
    return { name, peerUrl, store, up: false, agentUp: false, life: 0, volume, etcdRunning: false, isolated: false, memory: {}, last: "" };
  }

  // --- machines and agents ---

  boot(box: Box): void {
    if (box.up) return;
    box.up = true;
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
    const look = (): void => {
      if (box.life !== life) return;
      lookAndAct(seat, box.memory, running, this.rules).then(
        (action) => {
          const did = JSON.stringify(action);
          if (did !== box.last) this.say(`${box.name} ${did}`);
          box.last = did;
          const wait = isSettled(action) ? 20 : action.kind === "wait" || action.kind === "halt" ? 8 : 1;
          this.clock.soon(wait * 0.7, wait * 1.3, look);
        },
        (error: unknown) =>
          this.violate("agent", `${box.name} threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
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
    return this.boxes.find((box) => box.name === name);
  }

  // --- etcd ---

  clusterId({ number, token }: { number: number; token: string }): string {
    const known = this.clusterIds.get(`${number} ${token}`);
    return known ?? idOf(token);
  }

  firstReplica(epoch: Epoch, seat: string, writes?: ReadonlySet<number>): Replica {
    const voters = epoch.seats.map(({ name }) => this.register(idOf(`${epoch.token} ${name}`), name));
    const id = this.register(idOf(`${epoch.token} ${seat}`), seat);
    this.started.add(id);
    const contents = writes ?? new Set<number>();
    const revision = contents.size + (epoch.number - 1) * 1_000_000;
    const base = { index: epoch.seats.length, term: 1, writes: contents, revision, configuration: { voters, learners: [] } };
    return new Replica(epoch.number, epoch.token, this.clusterId(epoch), id, seat, base);
  }

  /** Of the learner that this seat was added as; undefined when there is none. */
  learnerReplica(epoch: Epoch, seat: string): Replica | undefined {
    const leader = this.etcd.leader(this.clusterId(epoch));
    const id = [...(leader?.configuration.learners ?? []), ...(leader?.configuration.voters ?? [])].find(
      (member) => this.seatOf(member) === seat,
    );
    if (!leader || !id) return undefined;
    this.started.add(id);
    const base = { index: 0, term: 0, writes: new Set<number>(), revision: 0, configuration: { voters: [], learners: [] } };
    const replica = new Replica(epoch.number, epoch.token, leader.clusterId, id, seat, base);
    replica.empty = true;
    return replica;
  }

  newMember(seat: string): string {
    return this.register(idOf(`added ${++this.members}`), seat);
  }

  private register(id: string, seat: string): string {
    this.seats.set(id, seat);
    return id;
  }

  seatOf(id: string): string {
    return this.seats.get(id) ?? "";
  }

  peerUrl(seat: string): string {
    return this.box(seat)?.peerUrl ?? "";
  }

  /** A change by a seat: only its own, and only while no other seat's is open. */
  change(box: Box, leader: Replica, change: Configuration): boolean {
    for (const [seat, { fence }] of this.open) {
      if (seat === box.name) continue;
      if (fence !== undefined && fence !== this.permitFence(seat)) this.open.delete(seat);
      else this.violate("membership", `${box.name} changes the membership while the change of ${seat} is open`);
    }
    if (!this.etcd.propose(leader, change)) return false;
    this.open.set(box.name, { fence: this.permitFence(box.name) });
    return true;
  }

  /** Of the permit, if this seat holds it now. */
  private permitFence(seat: string): number | undefined {
    const object = this.contents.objects.get(keys.permit);
    const permit = object && permitSchema.parse(JSON.parse(object.body));
    return permit?.holder === seat && Date.parse(permit.until) > origin + this.clock.now * 1000 ? permit.fence : undefined;
  }

  stopEtcd(box: Box): void {
    const { replica } = box.volume ?? {};
    if (box.etcdRunning && replica && !this.etcd.hasRemoved(replica) && replica.isVoter) {
      const leader = this.etcd.leader(replica.clusterId);
      if (leader?.configuration.voters.includes(replica.member) && this.reaches(box.name, leader.seat))
        this.violate("on purpose", `${box.name} stopped a member of a cluster that has a quorum`);
    }
    box.etcdRunning = false;
  }

  // --- what must hold ---

  private acknowledged(write: number, leader: Replica): void {
    const { epoch, token } = leader;
    if (this.served && (epoch < this.served.epoch || (epoch === this.served.epoch && token !== this.served.token)))
      this.violate("two epochs", `epoch ${epoch} acknowledged a write on ${leader.seat} after epoch ${this.served.epoch} had`);
    this.served = { epoch, token };
    if (this.checked !== leader) {
      const held = leader.writes(leader.commit);
      const lost = this.acked.filter((id) => !held.has(id));
      if (lost.length > 0)
        this.violate("acknowledged", `${lost.length} acknowledged writes are not on ${leader.seat}, which leads epoch ${epoch}`);
      this.checked = leader;
      this.newest = leader.configuration;
    }
    this.acked.push(write);
  }

  /** The data on a volume are gone: with a majority of voters gone, what was acknowledged may be as well. */
  loseData(volume: Volume | undefined): void {
    const replica = volume?.replica;
    if (!replica) return;
    this.lostMembers.add(replica.member);
    const left = this.newest.voters.filter((voter) => !this.lostMembers.has(voter)).length;
    if (left <= this.newest.voters.length / 2) this.acked = [];
  }

  /** For a person who reads one schedule. */
  say(line: string): void {
    this.trace?.(`${this.clock.now.toFixed(1).padStart(7)} ${line}`);
  }

  violate(invariant: string, message: string): void {
    this.violation ??= { invariant, message: `${message} (at ${this.clock.now.toFixed(0)} s)` };
  }

  // --- people, repair, the end ---

  epochInStore(): Epoch | undefined {
    const object = this.contents.objects.get(keys.epoch);
    return object && (JSON.parse(object.body) as Epoch);
  }

  approve({ number }: Epoch, absent: readonly string[]): void {
    const approval = { epoch: number, absent, by: "model", at: new Date(origin + this.clock.now * 1000).toISOString() };
    this.contents.put(keys.approval(number), JSON.stringify(approval));
  }

  /** Every fault ends, and every machine has a volume. */
  repair(): void {
    this.crashChance = 0;
    for (const box of this.boxes) {
      box.isolated = false;
      delete box.store.faults.failure;
      box.volume ??= new Volume();
      if (!box.up) this.boot(box);
      else if (!box.agentUp) this.startAgent(box);
    }
  }

  /** Every seat is a voter of the newest epoch, and that epoch serves. */
  isWhole(): boolean {
    const epoch = this.epochInStore();
    if (epoch?.state !== "running" || this.served?.epoch !== epoch.number) return false;
    const leader = this.etcd.leader(this.clusterId(epoch));
    if (leader?.token !== epoch.token || leader.configuration.learners.length > 0) return false;
    const healthy = this.etcd.healthy(leader);
    const voters = new Set(leader.configuration.voters.filter((voter) => healthy.has(voter)).map((voter) => this.seatOf(voter)));
    return voters.size === leader.configuration.voters.length && this.configured.every(({ name }) => voters.has(name));
  }

  /** What the design gives to a person, where all halt for a reason that it names. */
  waitsForPerson(): string | undefined {
    if (this.storeEmptied) return "the store was emptied";
    if (this.boxes.some((box) => box.last.includes("no disk holds data of epoch"))) return "all data lost, and no snapshot";
    return undefined;
  }

  // --- snapshots ---

  /** The leader's agent saves what is committed. */
  snapshot(): void {
    const epoch = this.epochInStore();
    const leader = epoch && this.etcd.leader(this.clusterId(epoch));
    const box = leader && this.box(leader.seat);
    if (!epoch || !leader || !box?.agentUp || box.store.faults.failure || leader.token !== epoch.token) return;
    const committed = leader.writes(leader.commit);
    const revision = leader.revision - (leader.writes(leader.lastIndex).size - committed.size);
    const key = keys.snapshot(epoch.number, revision);
    if (!this.contents.objects.has(key)) this.contents.put(key, JSON.stringify(this.record(epoch.number, revision, committed)));
  }

  record(epoch: number, revision: number, writes: ReadonlySet<number>): SnapshotRecord {
    const at = new Date(origin + this.clock.now * 1000).toISOString();
    const sha256 = shaOf(`${epoch} ${revision} ${writes.size} ${this.clock.now}`);
    this.snapshots.set(sha256, writes);
    return { epoch, revision, sha256, bytes: 1000, takenAt: at, verifiedAt: at };
  }
}


