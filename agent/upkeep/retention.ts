import type { DesiredRepair, SnapshotRecord } from "../../constructs/spec/store";

/** How long snapshots are kept: all of them for some hours, then one a day for some days. */
export type Retention = Pick<DesiredRepair["backup"], "keepHours" | "keepDays">;

type Place = Pick<SnapshotRecord, "epoch" | "revision">;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * What is no longer kept. Always kept is the newest verified one of each of the last two epochs: a recovery may begin with
 * it however old it is, and the one before it is what remains of an epoch that was given up.
 *
 * @param now the store's clock, in milliseconds since 1970, as `takenAt` is
 */
export function toDelete(records: readonly SnapshotRecord[], policy: Retention, now: number): readonly SnapshotRecord[] {
  const kept = new Set<SnapshotRecord>(records.filter((record) => now - takenAt(record) <= policy.keepHours * hourMs));
  for (const ofOneDay of groups(records, (record) => `${record.epoch} ${Math.floor(takenAt(record) / dayMs)}`)) {
    const one = newest(ofOneDay.filter(isVerified)) ?? newest(ofOneDay);
    if (one && now - takenAt(one) <= policy.keepDays * dayMs) kept.add(one);
  }
  const ofEpochs = groups(records.filter(isVerified), ({ epoch }) => String(epoch)).flatMap((group) => newest(group) ?? []);
  for (const one of ofEpochs.sort(later).slice(0, 2)) kept.add(one);
  return records.filter((record) => !kept.has(record));
}

/**
 * Data that no record names, and that are older than a day, as a later snapshot of that age shows: who uploaded them did not
 * live to write their record, or died between deleting the record and them.
 */
export function orphans<T extends Place>(data: readonly T[], records: readonly SnapshotRecord[], now: number): readonly T[] {
  const old = newest(records.filter((record) => now - takenAt(record) > dayMs));
  return data.filter((one) => old && later(old, one) < 0 && !records.some((record) => later(record, one) === 0));
}

/** Of the latest epoch, then of the highest revision. */
export function newest<T extends Place>(places: readonly T[]): T | undefined {
  return [...places].sort(later)[0];
}

/** Sorts the later one first. */
function later(a: Place, b: Place): number {
  return b.epoch - a.epoch || b.revision - a.revision;
}

function takenAt(record: SnapshotRecord): number {
  return Date.parse(record.takenAt);
}

function isVerified({ verifiedAt }: SnapshotRecord): boolean {
  return verifiedAt !== undefined;
}

function groups<T>(all: readonly T[], key: (one: T) => string): readonly (readonly T[])[] {
  const found = new Map<string, T[]>();
  for (const one of all) found.set(key(one), [...(found.get(key(one)) ?? []), one]);
  return [...found.values()];
}
