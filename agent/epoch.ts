import { epoch as epochSchema } from "../constructs/spec/store";
import type { Epoch, SnapshotRecord } from "../constructs/spec/store";
import type { EpochIdentity } from "./observation";
import { keys } from "./store/keys";
import type { Found, Objects, Read } from "./store/objects";
import type { Writing } from "./store/store";

/** Revisions that a restored epoch skips, so that no watcher of the old one ever sees a revision twice. */
export const bumpRevision = 1_000_000_000;

export function readEpoch(objects: Objects): Promise<Read<Epoch>> {
  return objects.read(keys.epoch, epochSchema);
}

/** The first epoch of a cluster; the losers of the race read the winner's. */
export function createEpoch(objects: Objects, cluster: string, seats: Epoch["seats"], token: string): Promise<Writing> {
  const first: Epoch = { cluster, number: 1, token, state: "bootstrapping", seats, joined: [], authorities: {} };
  return objects.create(keys.epoch, first);
}

/** Puts on record that a seat joins with this disk; the member starts only after it was written. */
export function recordJoined(objects: Objects, { value, version }: Found<Epoch>, seat: string, disk: string): Promise<Writing> {
  const joined = [...value.joined.filter((entry) => entry.seat !== seat), { seat, disk }];
  return objects.replace(keys.epoch, { ...value, joined }, version);
}

/** A seat that the cluster did not have yet adds itself. */
export function addSeat(objects: Objects, { value, version }: Found<Epoch>, seat: Epoch["seats"][number]): Promise<Writing> {
  return objects.replace(keys.epoch, { ...value, seats: [...value.seats, seat] }, version);
}

/** Written by the leader once it has a quorum. */
export function markRunning(objects: Objects, { value, version }: Found<Epoch>, clusterId: string): Promise<Writing> {
  return objects.replace(keys.epoch, { ...value, state: "running", clusterId }, version);
}

/** Gives an epoch up for the next one. Only after its recovery closed as `proceed`, which nothing takes back. */
export function raiseEpoch(
  objects: Objects,
  { value, version }: Found<Epoch>,
  token: string,
  from: SnapshotRecord | "nothing",
): Promise<Writing> {
  const { cluster, seats, authorities } = value;
  const next = { cluster, number: value.number + 1, token, seats, joined: [], authorities };
  const raised: Epoch =
    from === "nothing"
      ? { ...next, state: "bootstrapping" }
      : {
          ...next,
          state: "restoring",
          restore: { snapshot: keys.snapshot(from.epoch, from.revision), sha256: from.sha256, bytes: from.bytes, bumpRevision },
        };
  return objects.replace(keys.epoch, raised, version);
}

/**
 * How what a disk or a peer knows stands to an epoch. `contradicts`: the same number and not the same epoch, so that one
 * of the two belongs to another incarnation, or to another cluster.
 */
export function standing(known: EpochIdentity, epoch: EpochIdentity): "older" | "same" | "newer" | "contradicts" {
  if (known.number !== epoch.number) return known.number < epoch.number ? "older" : "newer";
  if (known.token !== epoch.token) return "contradicts";
  return known.clusterId !== undefined && epoch.clusterId !== undefined && known.clusterId !== epoch.clusterId ? "contradicts" : "same";
}
