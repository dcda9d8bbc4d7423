import { recovery as recoverySchema } from "../constructs/spec/store";
import type { DiskReport, Epoch, Recovery, SnapshotRecord } from "../constructs/spec/store";
import type { Observation } from "./observation";
import type { Rules } from "./rules";
import { keys } from "./store/keys";
import type { Found, Objects, Read } from "./store/objects";
import type { Absent, Writing } from "./store/store";
import { hasQuorum, tally } from "./votes";
import type { ValidReport } from "./votes";

export function readRecovery(objects: Objects): Promise<Read<Recovery>> {
  return objects.read(keys.recovery, recoverySchema);
}

/**
 * Opens the next round on giving up `epoch`. A round follows only on a void one of the same epoch, or on any of an older
 * epoch, so whoever reads a later round of its epoch knows that its own was void.
 */
export function openRound(
  objects: Objects,
  before: Found<Recovery> | Absent,
  epoch: Epoch,
  seat: string,
  seconds: number,
): Promise<Writing> {
  const round = before.kind === "found" ? before.value.round + 1 : 1;
  const until = new Date(before.now + seconds * 1000).toISOString();
  const opened: Recovery = { round, epoch: epoch.number, openedBy: seat, state: "open", until };
  return before.kind === "found" ? objects.replace(keys.recovery, opened, before.version) : objects.create(keys.recovery, opened);
}

/** The one compare-and-swap that ends a round. */
export function closeRound(objects: Objects, { value, version }: Found<Recovery>, state: "void" | "proceed"): Promise<Writing> {
  return objects.replace(keys.recovery, { ...value, state }, version);
}

/**
 * Seats whose word a recovery needs: all of the epoch, but those whose disk a person named as absent and destroyed. When all
 * are named, nobody would be left to speak: then all are needed.
 */
export function neededSeats(epoch: Epoch, seen: Pick<Observation, "approval">): readonly string[] {
  const absent = seen.approval?.epoch === epoch.number ? seen.approval.absent : [];
  const diskOf = (name: string) => epoch.joined.find(({ seat }) => seat === name)?.disk;
  const seats = epoch.seats.map(({ name }) => name);
  const needed = seats.filter((name) => !absent.some(({ seat, disk }) => seat === name && disk === diskOf(name)));
  return needed.length > 0 ? needed : seats;
}

/** Whether the votes of a round decide it. */
export function verdict(seen: Observation, epoch: Epoch, rules: Rules): "void" | "proceed" | undefined {
  const needed = neededSeats(epoch, seen);
  const enough = rules.unanimity ? needed.length : Math.floor(epoch.seats.length / 2) + 1;
  const reports = new Map<string, DiskReport>();
  for (const seat of needed) {
    const vote = seen.votes.get(seat);
    if (vote?.epoch === epoch.number) reports.set(seat, vote.report);
  }
  if (reports.size < enough) return undefined;
  return hasQuorum(tally(reports)) ? "void" : "proceed";
}

/** Reports of all needed seats, each fresh; undefined as soon as one is missing. */
export function freshReports(seen: Observation, epoch: Epoch, freshSeconds: number): ReadonlyMap<string, DiskReport> | undefined {
  const reports = new Map<string, DiskReport>();
  for (const seat of neededSeats(epoch, seen)) {
    const known = seen.statuses.get(seat);
    if (!known?.status.report || known.age > freshSeconds || known.status.epoch > epoch.number) return undefined;
    reports.set(seat, known.status.epoch === epoch.number ? known.status.report : { data: "empty" });
  }
  return reports;
}

export type Seed = { readonly seat: string } | SnapshotRecord | "nothing" | "unknown";

/**
 * What the next epoch grows from: the disk that raft would elect among those that voted and are still there, or the newest
 * verified snapshot, whichever holds more.
 */
export function seed(seen: Observation, epoch: Epoch, reports: ReadonlyMap<string, DiskReport>): Seed {
  if (seen.snapshot === "unknown") return "unknown";
  const present = [...reports].filter(([seat, report]) => {
    const voted = seen.votes.get(seat)?.report;
    return report.data === "valid" && voted?.data === "valid" && voted.disk === report.disk;
  });
  const { best } = tally(new Map(present));
  if (seen.snapshot === "none") return best ? { seat: best.seat } : "nothing";
  return best && holdsMore(best.report, epoch.number, seen.snapshot) ? { seat: best.seat } : seen.snapshot;
}

/**
 * Whether a disk holds every acknowledged write that a snapshot holds, and more. A disk's revision counts entries that were
 * never committed, so within an epoch logs are compared by term and index; across epochs the bumped revision tells.
 */
function holdsMore(report: ValidReport, epoch: number, snapshot: SnapshotRecord): boolean {
  const { term, index } = snapshot;
  if (snapshot.epoch !== epoch || term === undefined || index === undefined) return report.revision > snapshot.revision;
  return report.term > term || (report.term === term && report.index > index);
}
