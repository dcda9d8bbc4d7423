import { mkdir, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { defaults } from "../../constructs/spec/defaults";
import { desiredRepair, type DesiredRepair, type Epoch, type SnapshotRecord } from "../../constructs/spec/store";
import { readEpoch } from "../epoch";
import type { EtcdStatus } from "../etcd/client";
import { say, sayOnce } from "../log";
import { metrics } from "../metrics";
import { keys } from "../store/keys";
import { Objects } from "../store/objects";
import { leads } from "./leadership";
import { alarmed } from "./make-room";
import type { OwnMember } from "./member";
import { prune, readSnapshots, type KnownRecords } from "./prune";
import { newest } from "./retention";
import { publishSnapshot, saveSnapshot, verifySnapshot } from "./snapshot-files";
import type { UpkeepTimes } from "./times";
import type { Turns } from "./turns";

export type SnapshotResult =
  | { readonly kind: "published"; readonly record: SnapshotRecord }
  /** Nothing to do now. */
  | { readonly kind: "rest"; readonly reason: string }
  /** It should be there, and is not; tried again soon. */
  | { readonly kind: "late"; readonly reason: string };

/** A first write-ahead log of the scratch restore, and some more. */
const beside = 256 * 2 ** 20;

/** Snapshots of the cluster, by the agent of its leader. Files are on the root disk only while one is made. */
export class Snapshots {
  private running: Promise<SnapshotResult> | undefined;
  /** Monotonic milliseconds; undefined until this member leads. */
  private next: number | undefined;
  private failures = 0;
  /** Monotonic milliseconds at which the newest snapshot held all there was. */
  private newestAt: number | undefined;
  private readonly known: KnownRecords = new Map();

  constructor(
    private readonly member: OwnMember,
    private readonly times: UpkeepTimes,
    private readonly turns: Turns,
  ) {}

  /** Begins one when this member leads and one is due; does not wait for it. */
  step(status: EtcdStatus): void {
    if (!leads(status)) {
      this.next = undefined;
      this.newestAt = undefined;
      return;
    }
    if (this.newestAt !== undefined) metrics.set("coppice_snapshot_age_seconds", (this.member.monotonic() - this.newestAt) / 1000);
    if (!this.running && this.member.monotonic() >= (this.next ?? 0)) void this.begin("when-due");
  }

  /** One at once, for an end that is announced; the one under way if there is one. Rests on a member that does not lead. */
  now(): Promise<SnapshotResult> {
    return this.running ?? this.begin("now");
  }

  /** When nothing is under way. */
  async settled(): Promise<void> {
    await this.running;
  }

  private begin(when: "when-due" | "now"): Promise<SnapshotResult> {
    const began = this.member.monotonic();
    this.running = this.attempt(when)
      .catch((reason: unknown): SnapshotResult => ({ kind: "late", reason: String(reason) }))
      .then((result) => this.end(result, began));
    return this.running;
  }

  private end(result: SnapshotResult, began: number): SnapshotResult {
    this.running = undefined;
    if (result.kind !== "rest") metrics.add("coppice_snapshots_total", 1, { result: result.kind });
    if (result.kind === "late") {
      const wait = this.times.look * Math.min(2 ** this.failures, 32);
      this.failures += 1;
      this.next = this.member.monotonic() + wait * 1000;
      say("snapshot is late", { reason: result.reason, againInSeconds: wait });
    } else this.failures = 0;
    if (result.kind === "published") {
      const { epoch, revision, bytes } = result.record;
      metrics.set("coppice_snapshot_bytes", bytes);
      say("snapshot", { epoch, revision, bytes, seconds: (this.member.monotonic() - began) / 1000 });
    }
    return result;
  }

  private async attempt(when: "when-due" | "now"): Promise<SnapshotResult> {
    const { etcd, store, monotonic, timerFactor = 1 } = this.member;
    const began = monotonic();
    this.next = began + this.times.look * 1000;
    // Of its own each time, as it keeps what it has parsed.
    const objects = new Objects(store, monotonic);
    const answer = await etcd.status();
    if (answer.kind !== "answered") return { kind: "late", reason: answer.reason };
    const status = answer.value;
    if (!leads(status)) return { kind: "rest", reason: "this member does not lead" };
    const epoch = await readEpoch(objects);
    if (epoch.kind !== "found") return { kind: "late", reason: `the epoch is ${epoch.kind}` };
    if (epoch.value.state !== "running") return { kind: "rest", reason: `the epoch is ${epoch.value.state}` };
    if (epoch.value.clusterId !== status.header.cluster_id)
      return { kind: "late", reason: `this member is of cluster ${status.header.cluster_id}, the epoch of ${epoch.value.clusterId}` };
    const backup = await readPolicy(objects);
    if ("unknown" in backup) return { kind: "late", reason: `desired/repair: ${backup.unknown}` };
    const stored = await readSnapshots(objects, this.known);
    if ("unknown" in stored) return { kind: "late", reason: `snapshots: ${stored.unknown}` };
    const everyMs = backup.everyMinutes * 60_000 * timerFactor;
    const last = newest([...stored.records.values()].filter((one) => one.epoch === epoch.value.number && one.verifiedAt !== undefined));
    const unchanged = last?.revision === status.header.revision;
    const age = unchanged ? 0 : ageOf(last, objects);
    this.newestAt = age === undefined ? undefined : began - age;
    if (unchanged || (when === "when-due" && age !== undefined && age < everyMs)) {
      this.next = began + everyMs - (age ?? 0);
      return { kind: "rest", reason: unchanged ? "nothing was written since the last one" : "the last one is young enough" };
    }
    const taken = await this.take(objects, epoch.value, status);
    if (taken.kind !== "published") return taken;
    this.next = began + everyMs;
    this.newestAt = began;
    await this.tidy(objects, epoch.value, backup);
    return taken;
  }

  private async take(objects: Objects, epoch: Epoch, status: EtcdStatus): Promise<SnapshotResult> {
    const { member } = this;
    if (alarmed(status, "CORRUPT").length > 0) return { kind: "late", reason: "etcd says that data of its members differ" };
    const folder = join(member.scratch, "snapshot");
    const file = join(folder, "etcd.db");
    try {
      // What a process left that did not live to tidy.
      await rm(member.scratch, { recursive: true, force: true });
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(folder);
      const needed = 2 * status.dbSize + beside;
      if (bavail * bsize < needed)
        return { kind: "late", reason: `${member.scratch} has ${bavail * bsize} bytes free, and ${needed} are needed` };
      const entry = await this.lastEntry();
      const takenAt = instant(objects);
      // A defragmentation would wait for the end of the snapshot, and etcd for that of the defragmentation.
      const saved = await this.turns.take(() => saveSnapshot(member.tools, member.endpoint, member.tls, file, status.dbSize));
      if (saved.kind === "failed") return { kind: "late", reason: saved.reason };
      const verify = (path: string) => verifySnapshot(member.tools.etcdutl, path, join(member.scratch, "verify"));
      const verified = await verify(file);
      if (verified.kind === "failed") return { kind: "late", reason: `not verified: ${verified.reason}` };
      const { revision, bytes, sha256 } = saved;
      const record = { epoch: epoch.number, revision, ...entry, sha256, bytes, takenAt, verifiedAt: instant(objects) };
      const published = await publishSnapshot(member.store, objects, file, record, verify);
      return published.kind === "failed" ? { kind: "late", reason: published.reason } : published;
    } finally {
      await rm(member.scratch, { recursive: true, force: true });
    }
  }

  /**
   * Term and index of an entry that is in any snapshot taken from now on: never more than it holds. Who has answered a
   * linearizable read as the leader of a term has applied an entry of that term.
   */
  private async lastEntry(): Promise<Pick<SnapshotRecord, "term" | "index">> {
    const { etcd } = this.member;
    const before = await etcd.status();
    const read = await etcd.members();
    const after = await etcd.status();
    if (before.kind !== "answered" || read.kind !== "answered" || after.kind !== "answered") return {};
    const same = leads(before.value) && leads(after.value) && before.value.raftTerm === after.value.raftTerm;
    return same ? { term: after.value.raftTerm, index: after.value.raftAppliedIndex } : {};
  }

  /** That this fails loses nothing: the next snapshot tidies again. */
  private async tidy(objects: Objects, epoch: Epoch, backup: DesiredRepair["backup"]): Promise<void> {
    const stored = await readSnapshots(objects, this.known);
    const deleted = "unknown" in stored ? stored : await prune(objects, stored, backup, epoch.restore?.snapshot);
    if (typeof deleted === "object") say("old snapshots are not deleted yet", { reason: deleted.unknown });
    else if (deleted > 0) say("old snapshots are deleted", { objects: deleted });
  }
}

/** Read anew each time, as it changes without a roll-out. */
async function readPolicy(objects: Objects): Promise<DesiredRepair["backup"] | { readonly unknown: string }> {
  const read = await objects.read(keys.desired("repair"), desiredRepair);
  switch (read.kind) {
    case "found":
      return read.value.backup;
    case "absent":
      return defaults.backup;
    case "torn":
      sayOnce("desired/repair cannot be read", { reason: read.reason });
      return defaults.backup;
    default:
      return { unknown: `${read.kind}, ${read.reason}` };
  }
}

/** Milliseconds since a snapshot was taken, by the store's clock. */
function ageOf(record: SnapshotRecord | undefined, objects: Objects): number | undefined {
  const now = objects.now();
  return record && now !== undefined ? Math.max(0, now - Date.parse(record.takenAt)) : undefined;
}

function instant(objects: Objects): string {
  // Heard: the epoch was read before.
  return new Date(objects.now() ?? 0).toISOString();
}
