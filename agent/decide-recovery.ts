import type { Epoch, Recovery, Vote } from "../constructs/spec/store";
import type { Action } from "./actions";
import { reportOf } from "./observation";
import type { Observation } from "./observation";
import { freshReports, neededSeats, seed, verdict } from "./recovery";
import type { Rules } from "./rules";
import type { Found } from "./store/objects";
import type { Timing } from "./timing";
import { hasQuorum, tally } from "./votes";

/** What fences and rounds of votes ask of a seat; undefined when they leave it free. */
export function decideRecovery(seen: Observation, epoch: Found<Epoch>, times: Timing, rules: Rules): Action | undefined {
  const { recovery } = seen;
  const fence = seen.disk.fence === "garbage" ? undefined : seen.disk.fence;
  switch (recovery.kind) {
    case "torn":
      return seen.etcd.running
        ? undefined
        : halt(`the object recovery in the store cannot be read (${recovery.reason}); put its last good version back`);
    case "unavailable":
    case "forbidden":
      if (seen.etcd.running) return undefined;
      return { kind: "wait", message: `whether a recovery is going on is not known: the store is ${recovery.kind}` };
    case "absent":
      return fence ? lostRound(fence) : undefined;
    case "found":
      break;
  }
  const { value } = recovery;
  if (value.epoch > epoch.value.number)
    return { kind: "wait", message: `a recovery of epoch ${value.epoch} is on record, this is ${epoch.value.number}` };
  if (fence && (value.epoch < epoch.value.number || value.round < fence.round)) return lostRound(fence);
  if (value.epoch < epoch.value.number || !isSeat(seen, epoch.value)) return undefined;
  switch (value.state) {
    case "open":
      return inOpenRound(seen, epoch.value, recovery, fence, times, rules);
    case "void":
      return fence ? { kind: "lift" } : undefined;
    case "proceed":
      return afterProceed(seen, epoch.value, times, rules);
  }
}

function inOpenRound(
  seen: Observation,
  epoch: Epoch,
  { value }: Found<Recovery>,
  fence: Vote | undefined,
  times: Timing,
  rules: Rules,
): Action | undefined {
  const cast = seen.votes.get(seen.seat);
  const mine = reportOf(seen.disk, epoch, seen.seat);
  const holding = fence?.round === value.round;
  if (rules.fence && cast && (!holding || (cast.report.data === "valid" && mine.data === "empty")))
    return { kind: "close", as: "void", reason: `the disk of ${seen.seat} is not the one that voted` };
  if (holding && !cast) return { kind: "publish" };
  const decided = verdict(seen, epoch, rules);
  if (decided) return { kind: "close", as: decided, reason: decided === "void" ? "enough disks are there" : "all votes are in" };
  if (seen.now !== undefined && Date.parse(value.until) <= seen.now)
    return { kind: "close", as: "void", reason: "not all seats voted in time" };
  if (holding) return { kind: "wait", message: `voted in round ${value.round}; others have not` };
  return fence || (!cast && isHopeless(seen, epoch, times)) ? { kind: "vote" } : undefined;
}

// Nothing takes `proceed` back: the epoch is dead, whatever disk comes back, and every seat waits for the next one.
function afterProceed(seen: Observation, epoch: Epoch, times: Timing, rules: Rules): Action | undefined {
  if (seen.etcd.running && rules.fence) return { kind: "stop", reason: `epoch ${epoch.number} is given up` };
  const reports = freshReports(seen, epoch, times.fresh);
  if (!reports) return { kind: "wait", message: `epoch ${epoch.number} is given up; not all seats report` };
  const from = seed(seen, epoch, reports);
  if (from === "unknown") return { kind: "wait", message: "which snapshots there are is not known" };
  if (from === "nothing") {
    if (epoch.state === "bootstrapping") return { kind: "raise", from: "nothing" };
    return halt(
      `no disk holds data of epoch ${epoch.number} and there is no verified snapshot; bring a snapshot, or start anew with coppice rebuild-store`,
    );
  }
  if (!("seat" in from)) return { kind: "raise", from };
  return from.seat === seen.seat
    ? { kind: "raise", from: "disk" }
    : { kind: "wait", message: `${from.seat} holds the newest data, and raises the epoch` };
}

/** Opens a round, when nothing else can help: T_q has passed, all seats report, and too few disks are left. */
export function openRecovery(seen: Observation, epoch: Epoch, times: Timing): Action | undefined {
  const { recovery } = seen;
  if (recovery.kind !== "absent" && recovery.kind !== "found") return undefined;
  if (recovery.kind === "found" && recovery.value.epoch === epoch.number && recovery.value.state !== "void") return undefined;
  return seen.quiet >= patience(epoch, times) && isHopeless(seen, epoch, times) ? { kind: "open" } : undefined;
}

/** T_q, and what a restore may take while one is going on. */
function patience(epoch: Epoch, times: Timing): number {
  if (epoch.state !== "restoring") return times.recoverAfter;
  return times.recoverAfter + Math.max(times.restoreAtLeast, (epoch.restore?.bytes ?? 0) / times.restoreBytesPerSecond);
}

/** No quorum, and fewer disks with data of voters than it would need, by the word of every seat. */
function isHopeless(seen: Observation, epoch: Epoch, times: Timing): boolean {
  if (seen.members || !neededSeats(epoch, seen).includes(seen.seat)) return false;
  const reports = freshReports(seen, epoch, times.fresh);
  return reports !== undefined && !hasQuorum(tally(new Map([...reports, [seen.seat, reportOf(seen.disk, epoch, seen.seat)]])));
}

function isSeat(seen: Observation, epoch: Epoch): boolean {
  return epoch.seats.some(({ name }) => name === seen.seat);
}

function lostRound(fence: Vote): Action {
  return halt(
    `the disk is fenced by round ${fence.round} of votes, which the store does not know: the store was emptied or rolled back; run coppice rebuild-store`,
  );
}

function halt(message: string): Action {
  return { kind: "halt", message };
}
