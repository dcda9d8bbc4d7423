import { snapshotRecord } from "../constructs/spec/store";
import type { SnapshotRecord } from "../constructs/spec/store";
import { keys } from "./store/keys";
import type { Objects } from "./store/objects";

/** The newest snapshot whose scratch restore had the same hash: of the latest epoch, then of the highest revision. */
export async function newestVerified(objects: Objects): Promise<SnapshotRecord | "none" | "unknown"> {
  const listing = await objects.list(keys.snapshots);
  if (listing.kind !== "listed") return "unknown";
  const places = listing.keys.flatMap((key) => {
    const [, epoch, revision] = /^snapshots\/(\d+)\/(\d+)\.json$/.exec(key) ?? [];
    return epoch && revision ? [{ key, epoch: Number(epoch), revision: Number(revision) }] : [];
  });
  places.sort((a, b) => b.epoch - a.epoch || b.revision - a.revision);
  for (const { key } of places) {
    const read = await objects.read(key, snapshotRecord);
    if (read.kind === "found" && read.value.verifiedAt !== undefined) return read.value;
    if (read.kind === "unavailable" || read.kind === "forbidden") return "unknown";
  }
  return "none";
}
