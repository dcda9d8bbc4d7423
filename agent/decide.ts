import type { Epoch } from "../constructs/spec/store";
import type { Action } from "./actions";
import { decideMember } from "./decide-member";
import { decideRecovery } from "./decide-recovery";
import { standing } from "./epoch";
import type { Disk, Observation } from "./observation";
import { everyRule } from "./rules";
import type { Rules } from "./rules";
import type { Found } from "./store/objects";
import { isUnsighted } from "./sighting";
import { timing } from "./timing";
import type { Timing } from "./timing";

/**
 * What the machine on an etcd seat does next. Pure: the same observation always gives the same action.
 *
 * Looked at in this order, the first that has something to say decides:
 *   disk        nothing that is not this seat's is ever touched
 *   epoch       unreachable store, no epoch, an epoch that the disk contradicts, or one that left the disk behind
 *   recovery    fences and rounds of votes
 *   member      start, join, replace
 */
export function decide(seen: Observation, times: Timing = timing, rules: Rules = everyRule): Action {
  const trouble = diskTrouble(seen);
  if (trouble) return trouble;
  switch (seen.epoch.kind) {
    case "unavailable":
    case "forbidden":
      return withoutStore(seen, `the store is ${seen.epoch.kind} (${seen.epoch.reason})`);
    case "torn":
      return halt(
        `the object epoch in the store cannot be read (${seen.epoch.reason}); look at its earlier versions and put the last good one back`,
      );
    case "absent":
      return withoutEpoch(seen, times);
    case "found":
      return withEpoch(seen, seen.epoch, times, rules);
  }
}

function diskTrouble({ disk, cluster, seat }: Observation): Action | undefined {
  const { marker, fence } = disk;
  if (disk.volume === "missing") return { kind: "wait", message: `the volume of ${seat} is not attached`, request: "volume" };
  if (disk.volume === "foreign")
    return halt(`the volume of ${seat} holds data that no agent wrote; detach it, or empty it if nobody needs it`);
  if (marker === "garbage")
    return halt(`the marker on the volume of ${seat} cannot be read; put the right volume in place, or empty this one`);
  if (marker && marker.cluster !== cluster)
    return halt(`the volume of ${seat} belongs to cluster ${marker.cluster}, this is ${cluster}; attach the right volume`);
  if (marker && marker.seat !== seat) return halt(`the volume belongs to seat ${marker.seat}, this is ${seat}; attach the right volume`);
  if (fence === "garbage")
    return halt(`the fence on the volume of ${seat} cannot be read; see the manual takeover before anything is started`);
  return undefined;
}

// Fail static: what runs runs on, and only a disk that certainly belongs to the living epoch starts.
function withoutStore(seen: Observation, why: string): Action {
  if (seen.etcd.running) return { kind: "run" };
  const known = startable(seen.disk);
  if (!known) return { kind: "wait", message: `${why}, and this disk may not start without it` };
  if (seen.disk.fence) return { kind: "wait", message: `${why}, and this disk is fenced` };
  if (seen.sighting === "none" || (seen.sighting && (seen.sighting.disk !== known.disk || seen.sighting.epoch > known.number)))
    return { kind: "wait", message: `${why}, and this is not the disk that this machine last used` };
  for (const [peer, { known: theirs, fenced }] of seen.peers) {
    if (theirs && ["newer", "contradicts"].includes(standing(theirs, known)))
      return { kind: "wait", message: `${why}, and ${peer} knows another epoch than this disk` };
    // A volume that was given up and came back carries no fence of its own.
    if (fenced) return { kind: "wait", message: `${why}, and ${peer} has voted on giving the epoch up` };
  }
  return { kind: "start" };
}

/** The epoch of a disk whose joining is on record and whose data votes. */
function startable({ marker, data }: Disk): { number: number; token: string; disk: string } | undefined {
  if (data.state !== "valid" || !data.voter || !marker || marker === "garbage" || !marker.joined || !marker.known) return undefined;
  const { known, joined } = marker;
  if (standing(joined, known) !== "same") return undefined;
  return data.epoch === joined.number && data.token === joined.token ? { ...joined, disk: marker.disk } : undefined;
}

function withoutEpoch(seen: Observation, times: Timing): Action {
  const { disk, peers, seat } = seen;
  const marked = disk.marker !== "garbage" && disk.marker?.known !== undefined;
  if (marked || disk.fence || disk.data.state !== "empty" || seen.etcd.running)
    return halt(`the store has no epoch, but the disk of ${seat} has one: the store was emptied; run coppice rebuild-store`);
  const peer = [...peers].find(([, { known }]) => known);
  if (peer) return halt(`the store has no epoch, but ${peer[0]} has one on its disk: the store was emptied; run coppice rebuild-store`);
  // This machine's own configuration came from there.
  if (seen.desired === "absent")
    return halt(
      `the store has neither an epoch nor desired/etcd: it was emptied; run coppice rebuild-store if any disk of the cluster is left, else apply the cluster's stack again`,
    );
  if (disk.volume === "blank" || !disk.marker) return { kind: "format" };
  return firstEpoch(seen, times);
}

// A silent seat may hold the disk that knows better, so it is waited for. A majority goes on without it in the end: a zone
// without capacity must not keep a cluster from being born.
function firstEpoch({ seat, configured, peers, desired, quiet }: Observation, times: Timing): Action {
  if (desired !== "there") return { kind: "wait", message: "no epoch yet, and whether the store holds desired/etcd is not known" };
  const silent = configured.map(({ name }) => name).filter((name) => name !== seat && (!peers.has(name) || peers.get(name)?.diskless));
  if (silent.length >= configured.length / 2)
    return { kind: "wait", message: "no epoch yet, and fewer than a majority of the seats answer with a disk" };
  if (silent.length > 0 && quiet < times.recoverAfter) return { kind: "wait", message: `no epoch yet; waiting for ${silent.join(", ")}` };
  return { kind: "bootstrap" };
}

function withEpoch(seen: Observation, epoch: Found<Epoch>, times: Timing, rules: Rules): Action {
  const { disk, seat } = seen;
  const { value } = epoch;
  if (value.cluster !== seen.cluster)
    return halt(`the store holds the epoch of cluster ${value.cluster}, this is ${seen.cluster}; correct the store's address`);
  const marker = disk.marker === "garbage" ? undefined : disk.marker;
  const fence = disk.fence === "garbage" ? undefined : disk.fence;
  const own = marker?.known && standing(marker.known, value);
  const data = disk.data.state === "valid" && standing({ ...disk.data, number: disk.data.epoch }, value);
  if (own === "newer" || (fence && fence.epoch > value.number))
    return halt(
      `the store names epoch ${value.number}, the disk of ${seat} a later one: the store was rolled back; run coppice rebuild-store`,
    );
  if (own === "contradicts" || data === "contradicts")
    return halt(
      `the disk of ${seat} belongs to another incarnation of epoch ${value.number} than the store names; find out which one is the cluster's`,
    );
  const peer = [...seen.peers].find(([, { known }]) => known && ["newer", "contradicts"].includes(standing(known, value)));
  if (peer) return halt(`${peer[0]} knows another epoch than the store's ${value.number}; find out which one is the cluster's`);
  if (disk.volume === "blank" || !marker) return { kind: "format" };
  if (data === "older" || (fence && fence.epoch < value.number))
    return { kind: "archive", reason: `it belongs to an older epoch than ${value.number}` };
  if (data === "newer")
    return halt(`the data on the disk of ${seat} are of a later epoch than the store's ${value.number}; run coppice rebuild-store`);
  if (own !== "same" || marker.known?.clusterId !== value.clusterId || isUnsighted(seen, marker, value)) return { kind: "remember" };
  // Only when something is there to replace it: were all found corrupt at once, that finding may be what is wrong.
  const replaceable = seen.members !== undefined || !value.joined.some((entry) => entry.seat === seat);
  if (disk.data.state === "corrupt" && replaceable) return { kind: "archive", reason: "it is corrupt" };
  return decideRecovery(seen, epoch, times, rules) ?? decideMember(seen, epoch, times, rules);
}

function halt(message: string): Action {
  return { kind: "halt", message };
}
