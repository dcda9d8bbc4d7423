import type { Epoch, Vote } from "../../constructs/spec/store";
import type { Action } from "../actions";
import { addSeat, createEpoch, markRunning, raiseEpoch, recordJoined } from "../epoch";
import { reportOf } from "../observation";
import type { Disk, EpochIdentity, Marker, Observation } from "../observation";
import { acquirePermit, releasePermit } from "../permit";
import { closeRound, openRound } from "../recovery";
import type { Rules } from "../rules";
import type { Found } from "../store/objects";
import { maySight } from "../sighting";
import { publishVote } from "../votes";
import type { SeatMachine } from "./machine";
import type { Memory, Seat } from "./observe";

/** What rule 5 is proved with: every epoch with the same token. */
const staticToken = "0".repeat(32);

/**
 * Carries one action out. Every write to the store is conditional on the very versions that were observed, so an action
 * that was decided on something old does nothing. A step that did not happen is decided anew at the next look.
 */
export async function perform(action: Action, seen: Observation, seat: Seat, memory: Memory, rules: Rules): Promise<void> {
  const { machine, objects, times } = seat;
  const token = () => (rules.freshToken ? machine.random() : staticToken);
  switch (action.kind) {
    case "run":
    case "wait":
    case "halt":
      return;
    case "format":
      if (seen.disk.volume === "blank") await machine.makeFileSystem();
      return machine.writeMarker({ cluster: seat.cluster, seat: seat.name, disk: machine.random() });
    case "bootstrap":
      await createEpoch(objects, seat.cluster, seat.configured, token());
      return;
    case "start":
      return machine.startEtcd(epochOf(seen) ?? savedEpoch(seen, seat), "existing");
    case "archive":
      return archive(seen, seat);
    case "stop":
      return machine.stopEtcd();
    case "acquire": {
      const acquired = await acquirePermit(objects, seat.name, "replace-member", action.reason, times.permit);
      memory.permit = acquired.kind === "held" ? acquired.held : undefined;
      // One permit for the cluster: what this seat held for something else is this one now.
      memory.disturb = undefined;
      return;
    }
    case "release":
      memory.permit = undefined;
      await releasePermit(objects, seat.name);
      return;
    case "lift":
      return machine.removeFence();
    case "publish":
      if (seen.disk.fence && seen.disk.fence !== "garbage") await publishVote(objects, seen.disk.fence);
      return;
  }
  if (seen.epoch.kind !== "found") return;
  const epoch = seen.epoch;
  switch (action.kind) {
    case "remember":
      return remember(seen, epoch.value, seat);
    case "join":
      return join(seen, epoch, seat, action.as === "new" ? "new" : "existing", rules);
    case "restore":
      await machine.restore(epoch.value);
      return;
    case "replace":
      return replace(action, seen, epoch, seat);
    case "add-seat":
      await addSeat(objects, epoch, { name: seat.name, peerUrl: seat.peerUrl });
      return;
    case "mark-running": {
      const clusterId = await machine.clusterId();
      if (clusterId !== undefined) await markRunning(objects, epoch, clusterId);
      return;
    }
    case "vote":
      return vote(seen, epoch, seat, rules);
    case "open":
      if (seen.recovery.kind === "found" || seen.recovery.kind === "absent")
        await openRound(objects, seen.recovery, epoch.value, seat.name, times.round);
      return;
    case "close":
      if (seen.recovery.kind === "found") await closeRound(objects, seen.recovery, action.as);
      return;
    case "raise": {
      const from = action.from === "disk" ? await machine.saveSeed(epoch.value) : action.from;
      if (from !== undefined) await raiseEpoch(objects, epoch, token(), from);
      return;
    }
  }
}

// The order is the rule: on record in the store, on the disk, and only then a process.
async function join(seen: Observation, epoch: Found<Epoch>, seat: Seat, as: "new" | "existing", rules: Rules): Promise<void> {
  const marker = markerOf(seen.disk);
  if (!marker) return;
  if (!rules.joinedFirst) await seat.machine.startEtcd(epoch.value, as);
  const written = await recordJoined(seat.objects, epoch, seat.name, marker.disk);
  if (written.kind !== "written") return;
  await seat.machine.writeMarker({ ...marker, joined: identityOf(epoch.value) });
  if (rules.joinedFirst) await seat.machine.startEtcd(epoch.value, as);
}

async function replace(action: Extract<Action, { kind: "replace" }>, seen: Observation, epoch: Found<Epoch>, seat: Seat): Promise<void> {
  const { machine, objects } = seat;
  switch (action.step) {
    case "remove":
      await machine.removeMember(action.member);
      return;
    case "promote":
      await machine.promote(action.member);
      return;
    case "add": {
      const marker = markerOf(seen.disk);
      if (!marker) return;
      const written = await recordJoined(objects, epoch, seat.name, marker.disk);
      if (written.kind !== "written" || !(await machine.addLearner(epoch.value))) return;
      await machine.writeMarker({ ...marker, joined: identityOf(epoch.value) });
      return machine.startEtcd(epoch.value, "existing");
    }
  }
}

// Stopped first, so that what is voted cannot grow; fenced before anybody can read the vote.
async function vote(seen: Observation, epoch: Found<Epoch>, seat: Seat, rules: Rules): Promise<void> {
  if (seen.recovery.kind !== "found") return;
  const { machine, objects } = seat;
  if (!(await machine.stopLeaderlessEtcd())) return;
  const disk = await machine.readDisk();
  const cast: Vote = {
    round: seen.recovery.value.round,
    seat: seat.name,
    epoch: epoch.value.number,
    report: reportOf(disk, epoch.value, seat.name),
  };
  if (rules.fence) {
    await sight(seen, epoch.value, machine);
    await machine.writeFence(cast);
  }
  await publishVote(objects, cast);
}

// The fence goes last: until then the disk says of itself that it waits for a later epoch.
async function archive(seen: Observation, { machine }: Seat): Promise<void> {
  await machine.stopEtcd();
  await machine.archive();
  const marker = markerOf(seen.disk);
  if (marker) {
    const { cluster, seat, disk, known } = marker;
    await machine.writeMarker({ cluster, seat, disk, ...(known ? { known } : {}) });
  }
  const fence = seen.disk.fence;
  if (fence && fence !== "garbage" && seen.epoch.kind === "found" && fence.epoch < seen.epoch.value.number) await machine.removeFence();
}

async function remember(seen: Observation, epoch: Epoch, { machine }: Seat): Promise<void> {
  const marker = markerOf(seen.disk);
  if (!marker) return;
  if (maySight(seen, marker, epoch)) await sight(seen, epoch, machine);
  await machine.writeMarker({ ...marker, known: identityOf(epoch) });
}

async function sight(seen: Observation, { number }: Epoch, machine: SeatMachine): Promise<void> {
  const disk = markerOf(seen.disk)?.disk;
  if (disk !== undefined) await machine.writeSighting?.({ disk, epoch: number });
}

function markerOf({ marker }: Disk): Marker | undefined {
  return marker === "garbage" ? undefined : marker;
}

function identityOf({ number, token, clusterId }: Epoch): EpochIdentity {
  return { number, token, ...(clusterId === undefined ? {} : { clusterId }) };
}

function epochOf(seen: Observation): Epoch | undefined {
  return seen.epoch.kind === "found" ? seen.epoch.value : undefined;
}

// Without the store a member starts on its data alone; etcd reads its membership there and ignores the flags.
function savedEpoch(seen: Observation, seat: Seat): Epoch {
  const identity = markerOf(seen.disk)?.joined;
  if (!identity) throw new Error("start without an epoch on the disk; decide() would have waited");
  const { number, token } = identity;
  return { cluster: seat.cluster, number, token, state: "running", seats: seat.configured, joined: [], authorities: {} };
}
