import type { EtcdStatus } from "../etcd/client";
import { say } from "../log";
import { metrics } from "../metrics";
import { readMetrics, type EtcdMetrics } from "./etcd-metrics";
import { leads, moveLeadership } from "./leadership";
import { RoomKeeper } from "./make-room";
import type { OwnMember } from "./member";
import { diskPace } from "./slow-disk";
import { Snapshots, type SnapshotResult } from "./snapshots";
import { scaledTimes, upkeepTimes, type UpkeepTimes } from "./times";
import { Turns } from "./turns";

/** What a member of etcd needs while it runs: snapshots, room in its database, and somebody else to lead when its disk is slow. */
export class Upkeep {
  private readonly times: UpkeepTimes;
  private readonly snapshots: Snapshots;
  private readonly room: RoomKeeper;
  private looking: Promise<void> | undefined;
  private lookedAt?: number;
  private read?: { readonly metrics: EtcdMetrics; readonly at: number };
  private movedAt?: number;

  constructor(private readonly member: OwnMember) {
    this.times = scaledTimes(upkeepTimes, member.timerFactor ?? 1);
    const turns = new Turns();
    this.snapshots = new Snapshots(member, this.times, turns);
    this.room = new RoomKeeper(member, this.times, turns);
  }

  /** Called as often as one likes while the member runs; looks now and then, and never makes its caller wait. */
  step(): void {
    if (this.looking || !this.isOver(this.times.look, this.lookedAt)) return;
    this.lookedAt = this.member.monotonic();
    this.looking = this.look()
      .catch((reason: unknown) => {
        metrics.add("coppice_agent_failures_total", 1, { loop: "upkeep" });
        say("upkeep ended in an error", { error: reason instanceof Error ? (reason.stack ?? reason.message) : String(reason) });
      })
      .finally(() => (this.looking = undefined));
  }

  /** A snapshot at once, before an end that is announced; how long it may take is the caller's to say. */
  now(): Promise<SnapshotResult> {
    return this.snapshots.now();
  }

  /** When nothing is under way. */
  async settled(): Promise<void> {
    await this.looking;
    await this.snapshots.settled();
  }

  private async look(): Promise<void> {
    const answer = await this.member.etcd.status();
    // What learns does neither lead nor serve.
    if (answer.kind !== "answered" || answer.value.isLearner) return;
    const status = answer.value;
    metrics.set("coppice_etcd_db_bytes", status.dbSize, { of: "total" });
    metrics.set("coppice_etcd_db_bytes", status.dbSizeInUse, { of: "in-use" });
    if (this.isOver(this.times.metricsEvery, this.read?.at)) await this.readMetrics(status);
    this.snapshots.step(status);
    await this.room.look(status);
  }

  private async readMetrics(status: EtcdStatus): Promise<void> {
    const { metricsUrl, monotonic } = this.member;
    const found = await readMetrics(metricsUrl);
    if (!found) return;
    const before = this.read;
    this.read = { metrics: found, at: monotonic() };
    this.room.noteCompacted(found.compacted, status.header.revision);
    const pace = before && diskPace(before.metrics.fsyncs, found.fsyncs);
    if (!pace) return;
    metrics.set("coppice_etcd_fsync_p99_seconds", pace.p99);
    if (pace.slow) await this.leaveSlowDisk(status, pace.p99);
  }

  // Never a reason to kill: a member that restarts reads all of its disk, and the others hold an election for it.
  private async leaveSlowDisk(status: EtcdStatus, seconds: number): Promise<void> {
    say("the disk of etcd is slow", { p99Seconds: seconds, leads: leads(status) });
    if (!leads(status) || !this.isOver(this.times.betweenMoves, this.movedAt)) return;
    const { etcd, plane, monotonic } = this.member;
    const { unhealthy } = await plane();
    const moved = await moveLeadership(etcd, status.header.member_id, unhealthy);
    this.movedAt = monotonic();
    metrics.add("coppice_etcd_upkeep_total", 1, { action: "move-leader", result: moved.kind });
    say("etcd gives leadership away", { why: "slow disk", ...moved });
  }

  private isOver(seconds: number, since: number | undefined): boolean {
    return since === undefined || this.member.monotonic() - since >= seconds * 1000;
  }
}
