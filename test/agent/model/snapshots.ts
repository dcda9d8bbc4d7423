import type { SnapshotRecord } from "../../../constructs/spec/store";
import { keys } from "../../../agent/store/keys";
import { clusterIdOf } from "./members";
import { idOf } from "./random";
import type { Replica } from "./replica";
import type { World } from "./world";

/** Snapshots in the store, and what is in them, by hash. */
export class Snapshots {
  /** Seconds that agents wait for a restore of what schedules with slow restores save. */
  readonly slowest = 400;
  readonly contents = new Map<string, ReadonlySet<number>>();

  constructor(private readonly world: World) {}

  /** The leader's agent saves what is committed, and uploads it when it is verified. */
  take(): void {
    const epoch = this.world.epochInStore();
    const leader = epoch && this.world.etcd.leader(clusterIdOf(epoch));
    const box = leader && this.world.box(leader.seat);
    if (!epoch || !leader || !box?.agentUp || leader.token !== epoch.token) return;
    const record = this.record(leader, leader.commit);
    this.world.clock.soon(0, 30, () => {
      const key = keys.snapshot(record.epoch, record.revision);
      if (box.store.faults.failure || this.world.contents.objects.has(key)) return;
      this.world.contents.put(key, JSON.stringify(record));
    });
  }

  /** Of a replica, up to an index. */
  record(replica: Replica, index: number): SnapshotRecord {
    const at = new Date(this.world.storeNow()).toISOString();
    const writes = replica.writes(index);
    const revision = replica.revision - (replica.writes(replica.lastIndex).size - writes.size);
    const { epoch } = replica;
    const sha256 = shaOf(`${epoch} ${revision} ${writes.size} ${this.world.clock.now}`);
    this.contents.set(sha256, writes);
    const bytes = this.world.slowRestores ? this.slowest * this.world.times.restoreBytesPerSecond : 1000;
    return { epoch, revision, term: replica.termAt(index), index, sha256, bytes, takenAt: at, verifiedAt: at };
  }

  /** What the newest one in the store holds: by epoch, then by revision. */
  newest(): ReadonlySet<number> {
    const records = [...this.world.contents.objects]
      .filter(([key]) => key.startsWith(keys.snapshots))
      .map(([, { body }]) => JSON.parse(body) as SnapshotRecord)
      .sort((a, b) => b.epoch - a.epoch || b.revision - a.revision);
    return this.contents.get(records[0]?.sha256 ?? "") ?? new Set();
  }
}

/** Name of a snapshot's contents. */
function shaOf(text: string): string {
  return (idOf(text) + idOf(`${text} `) + idOf(`${text}  `) + idOf(`${text}   `) + idOf(`${text}    `)).padEnd(64, "0").slice(0, 64);
}
