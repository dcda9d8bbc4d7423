import type { Random } from "./random";
import type { Configuration, Replica } from "./replica";

/** What etcd needs of the world: who runs, who reaches whom, and where to say what happened. */
export interface Surroundings {
  readonly random: Random;
  /** Replicas of all etcd processes that run. */
  running(): Replica[];
  /** Whether one gets answers of the other, and whether what it sends arrives. */
  reaches(from: string, to: string): boolean;
  sends(from: string, to: string): boolean;
  acknowledged(write: number, leader: Replica): void;
  changed(leader: Replica): void;
}

/** All etcd processes of the world: those with one cluster id talk to each other, whatever epoch they are of. */
export class Etcd {
  private readonly leaders = new Map<string, Replica>();
  private readonly removedMembers = new Set<Replica>();
  private writes = 0;

  constructor(private readonly around: Surroundings) {}

  /** A moment of every cluster: a leader if there can be one, perhaps a write, and replication to some. */
  round(): void {
    const clusters = new Map<string, Replica[]>();
    for (const replica of this.around.running()) {
      const members = clusters.get(replica.clusterId);
      if (members) members.push(replica);
      else clusters.set(replica.clusterId, [replica]);
    }
    for (const clusterId of clusters.keys()) {
      const leader = this.leader(clusterId);
      if (!leader) continue;
      this.write(leader);
      if (this.around.random.chance(0.7)) this.replicate(leader, 1);
    }
  }

  /** The leader with a quorum, elected now if need be. */
  leader(clusterId: string): Replica | undefined {
    const running = this.around.running().filter((replica) => replica.clusterId === clusterId && !this.removedMembers.has(replica));
    const before = this.leaders.get(clusterId);
    if (before && running.includes(before) && this.leads(before, running)) return before;
    // Until it steps down, what clients send it is in its log alone.
    if (before && running.includes(before)) for (let left = this.around.random.next() * 8; left > 1; left--) this.unheard(before);
    this.leaders.delete(clusterId);
    for (const candidate of this.around.random.shuffle(running)) {
      if (!this.wins(candidate, running)) continue;
      this.leaders.set(clusterId, candidate);
      candidate.append({ term: candidate.term });
      this.replicate(candidate, 0.8);
      return candidate;
    }
    return undefined;
  }

  private leads(leader: Replica, running: readonly Replica[]): boolean {
    if (!leader.isVoter) return false;
    const followers = this.reached(leader, running);
    return (
      followers.every((replica) => replica.term <= leader.term) &&
      followers.filter((replica) => votes(leader, replica)).length >= quorum(leader)
    );
  }

  private wins(candidate: Replica, running: readonly Replica[]): boolean {
    if (!candidate.isVoter) return false;
    const asked = this.reached(candidate, running).filter((replica) => votes(candidate, replica));
    const granted = asked.filter(
      (replica) =>
        candidate.lastTerm > replica.lastTerm || (candidate.lastTerm === replica.lastTerm && candidate.lastIndex >= replica.lastIndex),
    );
    if (granted.length < quorum(candidate)) return false;
    const term = Math.max(...granted.map((replica) => replica.term), candidate.term) + 1;
    for (const replica of granted) replica.term = term;
    return true;
  }

  private reached(from: Replica, running: readonly Replica[]): Replica[] {
    return running.filter((replica) => replica === from || this.around.reaches(from.seat, replica.seat));
  }

  private write(leader: Replica): void {
    const write = ++this.writes;
    const index = leader.append({ term: leader.term, write });
    this.replicate(leader, this.around.random.chance(0.5) ? 1 : 0.6);
    if (leader.commit >= index) this.around.acknowledged(write, leader);
  }

  private unheard(leader: Replica): void {
    if (leader.isVoter) leader.append({ term: leader.term, write: ++this.writes });
  }

  /** Sends to each with a chance; then commits what a quorum holds. */
  private replicate(leader: Replica, chance: number): void {
    const { voters, learners } = leader.configuration;
    const committed = leader.commit;
    const running = this.around.running().filter((replica) => replica.clusterId === leader.clusterId);
    for (const replica of running) {
      if (replica === leader || !this.around.sends(leader.seat, replica.seat)) continue;
      if (!voters.includes(replica.member) && !learners.includes(replica.member)) {
        if (replica.changedAt < leader.changedAt) this.removedMembers.add(replica);
        continue;
      }
      if (chance === 1 || this.around.random.chance(chance)) replica.follow(leader, committed);
    }
    const holding = running.filter(
      (replica) =>
        voters.includes(replica.member) &&
        replica.holds(leader, leader.lastIndex) &&
        (replica === leader || this.around.sends(replica.seat, leader.seat)),
    );
    if (new Set(holding.map((replica) => replica.member)).size < quorum(leader) || leader.lastTerm !== leader.term) return;
    const changedAt = leader.changedAt;
    leader.commitTo(leader.lastIndex);
    if (leader.changedAt !== changedAt) this.around.changed(leader);
  }

  /** One change of membership, as etcd takes it: one at a time, committed under the old configuration. */
  propose(leader: Replica, change: Configuration): boolean {
    const pending = leader.log.slice(leader.commit - leader.base.index).some((entry) => entry.change);
    if (pending) return false;
    const index = leader.append({ term: leader.term, change });
    this.replicate(leader, 0.85);
    return leader.commit >= index;
  }

  /** The leader of the cluster whose configuration names a member. */
  leaderOf(member: string): Replica | undefined {
    for (const clusterId of new Set(this.around.running().map((replica) => replica.clusterId))) {
      const leader = this.leader(clusterId);
      if (leader && [...leader.configuration.voters, ...leader.configuration.learners].includes(member)) return leader;
    }
    return undefined;
  }

  hasRemoved(replica: Replica): boolean {
    return this.removedMembers.has(replica);
  }

  /** Members of a configuration that run and that the leader reaches. */
  healthy(leader: Replica): Set<string> {
    const running = this.around.running().filter((replica) => replica.clusterId === leader.clusterId);
    return new Set(this.reached(leader, running).map((replica) => replica.member));
  }
}

function votes(of: Replica, replica: Replica): boolean {
  return of.configuration.voters.includes(replica.member);
}

function quorum({ configuration }: Replica): number {
  return Math.floor(configuration.voters.length / 2) + 1;
}
