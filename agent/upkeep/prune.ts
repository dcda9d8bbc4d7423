import { snapshotRecord, type SnapshotRecord } from "../../constructs/spec/store";
import { sayOnce } from "../log";
import { keys } from "../store/keys";
import type { Objects } from "../store/objects";
import { orphans, toDelete, type Retention } from "./retention";

export interface StoredSnapshots {
  readonly records: ReadonlyMap<string, SnapshotRecord>;
  readonly data: readonly Stored[];
}

interface Stored {
  readonly key: string;
  readonly epoch: number;
  readonly revision: number;
}

/** Records read so far, by key: one never changes. */
export type KnownRecords = Map<string, SnapshotRecord>;

/** What of snapshots is in the store; undefined while that is not known in full. A record that cannot be read is left alone, and so are its data. */
export async function readSnapshots(objects: Objects, known: KnownRecords): Promise<StoredSnapshots | { readonly unknown: string }> {
  const listing = await objects.list(keys.snapshots);
  if (listing.kind !== "listed") return { unknown: `${listing.kind}, ${listing.reason}` };
  const places = listing.keys.flatMap(placeOf);
  const torn = new Set<string>();
  for (const { key, epoch, revision } of places.filter(({ key }) => key.endsWith(".json") && !known.has(key))) {
    const read = await objects.read(key, snapshotRecord);
    if (read.kind === "found") known.set(key, read.value);
    if (read.kind === "torn") {
      torn.add(keys.snapshotData(epoch, revision));
      sayOnce("a record of a snapshot cannot be read", { key, reason: read.reason });
    }
    if (read.kind === "unavailable" || read.kind === "forbidden") return { unknown: `${key}: ${read.kind}, ${read.reason}` };
  }
  for (const key of known.keys()) if (!listing.keys.includes(key)) known.delete(key);
  return { records: known, data: places.filter(({ key }) => key.endsWith(".db") && !torn.has(key)) };
}

/**
 * Deletes what the policy no longer keeps: the record first, so that no record is ever without its data.
 *
 * @param named key of the record that the epoch grows from
 */
export async function prune(
  objects: Objects,
  stored: StoredSnapshots,
  policy: Retention,
  named?: string,
): Promise<number | { readonly unknown: string }> {
  const now = objects.now();
  if (now === undefined) return 0;
  const records = [...stored.records.values()];
  const old = toDelete(records, policy, now).filter(({ epoch, revision }) => keys.snapshot(epoch, revision) !== named);
  const left = orphans(stored.data, records, now);
  const doomed = [
    ...old.flatMap(({ epoch, revision }) => [keys.snapshot(epoch, revision), keys.snapshotData(epoch, revision)]),
    ...left.map(({ key }) => key),
  ];
  for (const key of doomed) {
    const deleted = await objects.delete(key);
    if (deleted.kind !== "deleted") return { unknown: `${key}: ${deleted.kind}, ${deleted.reason}` };
  }
  return doomed.length;
}

function placeOf(key: string): readonly Stored[] {
  const [, epoch, revision] = /^snapshots\/(\d+)\/(\d+)\.(?:json|db)$/.exec(key) ?? [];
  return epoch && revision ? [{ key, epoch: Number(epoch), revision: Number(revision) }] : [];
}
