import type { Epoch } from "../constructs/spec/store";
import type { Marker, Observation } from "./observation";

/**
 * Whether this is the disk that the seat goes on with, so that its machine may start it without the store: the seat has
 * joined with no other one, and no recovery is open or has given the epoch up.
 */
export function maySight({ seat, recovery }: Observation, { disk }: Marker, { number, joined }: Epoch): boolean {
  if (recovery.kind === "found" ? recovery.value.epoch >= number && recovery.value.state !== "void" : recovery.kind !== "absent")
    return false;
  return !joined.some((entry) => entry.seat === seat && entry.disk !== disk);
}

/** Whether the machine has yet to put that on record. */
export function isUnsighted(seen: Observation, marker: Marker, epoch: Epoch): boolean {
  const { sighting } = seen;
  if (sighting === undefined || !maySight(seen, marker, epoch)) return false;
  return sighting === "none" || sighting.disk !== marker.disk || sighting.epoch !== epoch.number;
}
