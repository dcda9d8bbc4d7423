import { Malformed, Message } from "./protobuf";

/** Of the records in a write-ahead log. */
export const recordType = { metadata: 1, entry: 2, state: 3, crc: 4, snapshot: 5 } as const;

/** Of raft's entries; etcd writes no others. */
const entryType = { normal: 0, change: 1 } as const;

/** Of a change of membership; a promotion adds a learner as a voter. */
const changeType = { addVoter: 0, remove: 1, update: 2, addLearner: 3 } as const;

interface Change {
  readonly index: number;
  readonly type: number;
  readonly member: string;
}

/** A point that the log may be read from, with the members at that point. */
interface Snapshot {
  readonly index: number;
  readonly term: number;
  readonly voters: readonly string[];
  /** Whether later entries were in the log when it came. */
  readonly late: boolean;
}

export interface Standing {
  readonly member: string;
  readonly clusterId: string;
  /** Of the last entry, which need not be committed. */
  readonly index: number;
  readonly term: number;
  readonly membership: { readonly index: number; readonly voters: readonly string[] };
}

/** More are never of use: etcd itself keeps the files of five. */
const snapshotsKept = 16;

/**
 * What the records of a log come to. Entries after a new leader took over write over others of the same index; snapshots
 * count only once they are committed, as one may have arrived half.
 */
export class RaftLog {
  private identity: { readonly member: string; readonly clusterId: string } | undefined;
  private entry = { index: 0, term: 0 };
  private reach = 0;
  private committed = 0;
  private state = { term: 0n, vote: 0n };
  private snapshots: Snapshot[] = [];
  private changes: Change[] = [];

  /** @param index of the first entry that follows */
  beginAt(index: number): void {
    this.reach = Math.max(0, index - 1);
  }

  /** @throws Malformed on what etcd never writes */
  take(type: number, data: Buffer): void {
    const message = new Message(data);
    switch (type) {
      case recordType.metadata:
        return this.identify({ member: message.id(1), clusterId: message.id(2) });
      case recordType.entry:
        return this.append(message);
      case recordType.state:
        this.state = { term: BigInt(message.number(1)), vote: BigInt(`0x${message.id(2)}`) };
        this.committed = message.number(3);
        return;
      case recordType.snapshot:
        return this.remember(message);
      default:
        throw new Malformed(`there is no record of type ${type}`);
    }
  }

  /** Whether a snapshot file belongs to this log. */
  holds({ index, term }: { readonly index: number; readonly term: number }): boolean {
    return index <= this.committed && this.snapshots.some((snapshot) => snapshot.index === index && snapshot.term === term);
  }

  /**
   * @param applied what the database has taken in. The log says later than the database that an entry is committed: it is
   *   told so along with the next one.
   */
  standing(applied: number): Standing | undefined {
    if (!this.identity) return undefined;
    const commit = Math.max(this.committed, applied);
    const base = this.snapshots.filter(({ index }) => index <= commit).at(-1) ?? { index: 0, term: 0, voters: [] };
    const voters = new Set(base.voters);
    const removed = new Set<string>();
    let changedAt = base.index;
    for (const { index, type, member } of this.changes) {
      if (index <= base.index || index > commit) continue;
      changedAt = index;
      if (type === changeType.remove) {
        voters.delete(member);
        // Never again: etcd turns down what was asked for a member that was removed meanwhile.
        removed.add(member);
      } else if (type === changeType.addVoter && !removed.has(member)) voters.add(member);
    }
    const last = base.index > this.entry.index ? base : this.entry;
    return { ...this.identity, index: last.index, term: last.term, membership: { index: changedAt, voters: [...voters].sort() } };
  }

  /** Whether a snapshot came when the log was at its index or not there yet, or when later entries were in it. */
  written(index: number): "timely" | "late" | undefined {
    const found = this.snapshots.find((snapshot) => snapshot.index === index);
    return found && (found.late ? "late" : "timely");
  }

  /** Of the last commit on record, which raft refuses to start behind. */
  get commit(): number {
    return this.committed;
  }

  /** The state of raft as it is written, but with everything committed: up to where this member would leave the cluster. */
  get allCommitted(): { readonly term: bigint; readonly vote: bigint; readonly commit: bigint } {
    const leaves = this.changes.find(
      ({ index, type, member }) => index > this.committed && type === changeType.remove && member === this.identity?.member,
    );
    return { ...this.state, commit: BigInt(Math.max(this.committed, leaves ? leaves.index - 1 : this.entry.index)) };
  }

  private identify(identity: { readonly member: string; readonly clusterId: string }): void {
    const known = this.identity;
    if (known && (known.member !== identity.member || known.clusterId !== identity.clusterId))
      throw new Malformed(`the log is of member ${known.member} and of ${identity.member}`);
    this.identity = identity;
  }

  private append(entry: Message): void {
    const type = entry.number(1);
    const term = entry.number(2);
    const index = entry.number(3);
    if (index > this.reach + 1) throw new Malformed(`entry ${index} follows on ${this.reach}`);
    this.changes = this.changes.filter((change) => change.index < index);
    this.entry = { index, term };
    this.reach = index;
    if (type === entryType.normal) return;
    if (type !== entryType.change) throw new Malformed(`there is no entry of type ${type}`);
    const change = new Message(entry.bytesOf(4) ?? Buffer.alloc(0));
    this.changes.push({ index, type: change.number(2), member: change.id(3) });
  }

  private remember(message: Message): void {
    const [index, term] = [message.number(1), message.number(2)];
    const members = message.bytesOf(3);
    const voters = members ? new Message(members).ids(1) : [];
    const late = index < this.reach;
    this.snapshots = [...this.snapshots.filter((snapshot) => snapshot.index !== index), { index, term, voters, late }].slice(
      -snapshotsKept,
    );
    this.reach = Math.max(this.reach, index);
    const base = this.snapshots.filter((snapshot) => snapshot.index <= this.committed).at(-1)?.index ?? 0;
    this.changes = this.changes.filter((change) => change.index > base);
  }
}
