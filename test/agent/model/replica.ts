/** Members of a cluster, as a committed change left them. */
export interface Configuration {
  readonly voters: readonly string[];
  readonly learners: readonly string[];
}

export interface Entry {
  readonly term: number;
  readonly write?: number;
  readonly change?: Configuration;
}

/** What a replica's log begins with: the initial members, or a snapshot. */
export interface Base {
  readonly index: number;
  readonly term: number;
  readonly writes: ReadonlySet<number>;
  readonly revision: number;
  readonly configuration: Configuration;
}

/** The data of one member on one disk: log, term and commit index, all of them durable. */
export class Replica {
  readonly log: Entry[] = [];
  term: number;
  commit: number;
  configuration: Configuration;
  /** Index of the last change at or below the commit index. */
  changedAt: number;
  /** A learner starts with nothing, and gets its base from the leader. */
  empty = false;

  constructor(
    readonly epoch: number,
    readonly token: string,
    readonly clusterId: string,
    readonly member: string,
    readonly seat: string,
    public base: Base,
  ) {
    this.term = base.term;
    this.commit = base.index;
    this.configuration = base.configuration;
    this.changedAt = base.index;
  }

  get lastIndex(): number {
    return this.base.index + this.log.length;
  }

  get lastTerm(): number {
    return this.log[this.log.length - 1]?.term ?? this.base.term;
  }

  get isVoter(): boolean {
    return this.configuration.voters.includes(this.member);
  }

  /** Revision with the whole log applied, the uncommitted tail as well. */
  get revision(): number {
    return this.base.revision + this.log.reduce((writes, { write }) => (write === undefined ? writes : writes + 1), 0);
  }

  termAt(index: number): number {
    return index <= this.base.index ? this.base.term : (this.log[index - this.base.index - 1]?.term ?? -1);
  }

  append(entry: Entry): number {
    this.log.push(entry);
    return this.lastIndex;
  }

  commitTo(index: number): void {
    for (let at = this.commit + 1; at <= index; at++) {
      const change = this.log[at - this.base.index - 1]?.change;
      if (change) {
        this.configuration = change;
        this.changedAt = at;
      }
    }
    this.commit = Math.max(this.commit, index);
  }

  /** Takes the leader's log, and what the leader had committed when it sent this; false where raft would panic. */
  follow(leader: Replica, committed: number): boolean {
    if (this.term > leader.term) return false;
    this.term = leader.term;
    if (this.empty) {
      this.base = leader.base;
      this.configuration = leader.base.configuration;
      this.changedAt = leader.base.index;
      this.commit = leader.base.index;
      this.empty = false;
    }
    const shift = leader.base.index - this.base.index;
    let same = 0;
    while (same < this.log.length && this.log[same]?.term === leader.log[same - shift]?.term) same++;
    if (this.base.index + same < this.commit) return false;
    this.log.length = same;
    for (let at = same - shift; at < leader.log.length; at++) {
      const entry = leader.log[at];
      if (entry) this.log.push(entry);
    }
    this.commitTo(Math.min(committed, this.lastIndex));
    return true;
  }

  holds(leader: Replica, index: number): boolean {
    return this.lastIndex >= index && this.termAt(index) === leader.termAt(index);
  }

  /** Ids of all writes up to an index. */
  writes(upTo: number): Set<number> {
    const found = new Set(this.base.writes);
    for (const { write } of this.log.slice(0, Math.max(0, upTo - this.base.index))) if (write !== undefined) found.add(write);
    return found;
  }
}
