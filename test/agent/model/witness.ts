import type { Permit } from "../../../constructs/spec/store";
import type { Action } from "../../../agent/actions";
import { keys } from "../../../agent/store/keys";
import type { Box, Volume } from "./box";
import { clusterIdOf } from "./members";
import type { Configuration, Replica } from "./replica";
import type { World } from "./world";

/** Sees all that is acknowledged, changed and stopped, and says what must never have been. */
export class Witness {
  violation: { readonly invariant: string; readonly message: string } | undefined;
  /** Changes of membership that a seat has begun and not ended. */
  readonly open = new Map<string, { readonly fence: number | undefined }>();
  /** Of the epoch that serves, as last committed. */
  private newest: Configuration = { voters: [], learners: [] };
  private served: { epoch: number; token: string } | undefined;
  private acked: number[] = [];
  private checked: Replica | undefined;
  private readonly lostMembers = new Set<string>();
  /** Given up with nothing to grow from. */
  private hopelessEpoch: number | undefined;

  constructor(private readonly world: World) {}

  saw(action: Action): void {
    if (action.kind === "halt" && action.message.includes("no verified snapshot")) this.hopelessEpoch = this.world.epochInStore()?.number;
  }

  changed(leader: Replica): void {
    this.newest = leader.configuration;
  }

  /** A change by a seat: only its own, and only while no other seat's is open. */
  change(box: Box, leader: Replica, change: Configuration): boolean {
    for (const [seat, { fence }] of this.open) {
      if (seat === box.name) continue;
      if (fence !== undefined && fence !== this.permitFence(seat)) this.open.delete(seat);
      else this.violate("membership", `${box.name} changes the membership while the change of ${seat} is open`);
    }
    if (!this.world.etcd.propose(leader, change)) return false;
    this.open.set(box.name, { fence: this.permitFence(box.name) });
    return true;
  }

  /** Of the permit, if this seat holds it now. */
  private permitFence(seat: string): number | undefined {
    const permit = this.world.parsedObject<Permit>(keys.permit);
    return permit?.holder === seat && Date.parse(permit.until) > this.world.storeNow() ? permit.fence : undefined;
  }

  stopEtcd(box: Box): void {
    if (this.hasLeader(box)) this.violate("on purpose", `${box.name} stopped a member of a cluster that has a quorum`);
    box.etcdRunning = false;
  }

  /** Whether the member that runs here votes in a cluster with a quorum. */
  hasLeader(box: Box): boolean {
    const { replica } = box.volume ?? {};
    if (!box.etcdRunning || !replica || this.world.etcd.hasRemoved(replica) || !replica.isVoter) return false;
    const leader = this.world.etcd.leader(replica.clusterId);
    return leader !== undefined && leader.configuration.voters.includes(replica.member) && this.world.links.reaches(box.name, leader.seat);
  }

  acknowledged(write: number, leader: Replica): void {
    const { epoch, token } = leader;
    this.forget(leader);
    if (this.served && (epoch < this.served.epoch || (epoch === this.served.epoch && token !== this.served.token)))
      this.violate("two epochs", `epoch ${epoch} acknowledged a write on ${leader.seat} after epoch ${this.served.epoch} had`);
    const givenUp = this.world.givenUp();
    if (givenUp !== undefined && epoch <= givenUp)
      this.violate("two epochs", `epoch ${epoch} acknowledged a write on ${leader.seat} after it was given up for the next one`);
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

  /** The data on a volume are gone: with a majority of voters gone, so is what neither a disk nor the newest snapshot holds. */
  loseData(volume: Volume | undefined): void {
    const replica = volume?.replica;
    if (!replica) return;
    this.lostMembers.add(replica.member);
    const left = this.newest.voters.filter((voter) => !this.lostMembers.has(voter)).length;
    if (left > this.newest.voters.length / 2) return;
    const kept = this.world.snapshots.newest();
    const best = this.bestDisk(volume);
    const onDisk = best?.writes(best.lastIndex) ?? new Set();
    this.acked = this.acked.filter((write) => kept.has(write) || onDisk.has(write));
  }

  // The disk that raft would elect, of those that voters still have.
  private bestDisk(lost: Volume | undefined): Replica | undefined {
    const left = this.world.boxes.flatMap(({ volume }) => {
      const replica = volume !== lost && !volume?.corrupt ? volume?.replica : undefined;
      return replica?.isVoter && this.newest.voters.includes(replica.member) ? [replica] : [];
    });
    return left.sort((a, b) => b.lastTerm - a.lastTerm || b.lastIndex - a.lastIndex)[0];
  }

  // Store emptied and the stack applied to it again, and data of the epoch on a minority of seats only: nothing is left that
  // surely knows of it.
  private forget({ token }: Replica): void {
    if (!this.world.storeEmptied || !this.world.isDesired() || !this.served || token === this.served.token) return;
    const holding = this.world.boxes.filter(({ volume }) => volume?.replica?.token === this.served?.token).length;
    if (holding > this.world.boxes.length / 2) return;
    this.served = undefined;
    this.acked = [];
  }

  get hasServed(): boolean {
    return this.served !== undefined;
  }

  violate(invariant: string, message: string): void {
    this.violation ??= { invariant, message: `${message} (at ${this.world.clock.now.toFixed(0)} s)` };
  }

  returnData({ replica }: Volume): void {
    if (replica) this.lostMembers.delete(replica.member);
  }

  /** Every seat is a voter of the newest epoch, and that epoch serves. */
  isWhole(): boolean {
    if (this.world.rolling && !(this.world.rolling.isThrough("etcd") && this.world.rolling.isThrough("master"))) return false;
    const epoch = this.world.epochInStore();
    if (epoch?.state !== "running" || this.served?.epoch !== epoch.number) return false;
    const leader = this.world.etcd.leader(clusterIdOf(epoch));
    if (leader?.token !== epoch.token || leader.configuration.learners.length > 0) return false;
    const healthy = this.world.etcd.healthy(leader);
    const voters = new Set(
      leader.configuration.voters.filter((voter) => healthy.has(voter)).map((voter) => this.world.members.seatOf(voter)),
    );
    return voters.size === leader.configuration.voters.length && this.world.configured.every(({ name }) => voters.has(name));
  }

  /** What the design gives to a person, where all halt for a reason that it names. */
  waitsForPerson(): string | undefined {
    if (this.world.storeEmptied) return "the store was emptied";
    if (this.hopelessEpoch !== undefined && this.world.epochInStore()?.number === this.hopelessEpoch)
      return "all data lost, and no snapshot";
    return undefined;
  }
}
