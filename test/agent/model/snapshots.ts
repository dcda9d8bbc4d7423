import type { SnapshotRecord } from "../../../constructs/spec/store";
import { keys } from "../../../agent/store/keys";
import { clusterIdOf } from "./members";
import { idOf } from "./random";
import type { World } from "./world";

/** Snapshots in the store, and what is in them, by hash. */
export class Snapshots {
  readonly contents = new Map<string, ReadonlySet<number>>();

  constructor(private readonly world: World) {}

  /** The leader's agent saves what is committed. */
  take(): void {
    const epoch = this.world.epochInStore();
    const leader = epoch && this.world.etcd.leader(clusterIdOf(epoch));
    const box = leader && this.world.box(leader.seat);
    if (!epoch || !leader || !box?.agentUp || box.store.faults.failure || leader.token !== epoch.token) return;
    const committed = leader.writes(leader.commit);
    const revision = leader.revision - (leader.writes(leader.lastIndex).size - committed.size);
    const key = keys.snapshot(epoch.number, revision);
    if (!this.world.contents.objects.has(key)) this.world.contents.put(key, JSON.stringify(this.record(epoch.number, revision, committed)));
  }

  record(epoch: number, revision: number, writes: ReadonlySet<number>): SnapshotRecord {
    const at = new Date(this.world.storeNow()).toISOString();
    const sha256 = shaOf(`${epoch} ${revision} ${writes.size} ${this.world.clock.now}`);
    this.contents.set(sha256, writes);
    return { epoch, revision, sha256, bytes: 1000, takenAt: at, verifiedAt: at };
  }
}

/** Name of a snapshot's contents. */
function shaOf(text: string): string {
  return (idOf(text) + idOf(`${text} `) + idOf(`${text}  `) + idOf(`${text}   `) + idOf(`${text}    `)).padEnd(64, "0").slice(0, 64);
}
