import type { SeatStatus } from "../../constructs/spec/store";
import { phaseOf } from "../actions";
import type { Action } from "../actions";
import { decide } from "../decide";
import { reportOf } from "../observation";
import type { Observation } from "../observation";
import { everyRule } from "../rules";
import type { Rules } from "../rules";
import { publishStatus, type StatusMemory } from "../status";
import { observe } from "./observe";
import type { Memory, Seat } from "./observe";
import { perform } from "./perform";

/** What a status says beside the seat's own state. */
export interface Running {
  readonly machine: string;
  readonly bootId: string;
  readonly configuration?: string;
  /** What people are to do though the seat itself asks for nothing. */
  readonly message?: string;
}

/** One look, one decision, one action; what was done is for the log, and says when to look again. */
export async function lookAndAct(seat: Seat, memory: Memory & StatusMemory, running: Running, rules: Rules = everyRule): Promise<Action> {
  const seen = await observe(seat, memory);
  const action = decide(seen, seat.times, rules);
  await tell(seat, memory, running, seen, action);
  await perform(action, seen, seat, memory, rules);
  return action;
}

/** Whether a seat in this state looks, and reports, often. */
export function isSettled(action: Action): boolean {
  return action.kind === "run";
}

/** On every change, often while anything is unsettled, and seldom otherwise. */
async function tell(seat: Seat, memory: StatusMemory, running: Running, seen: Observation, action: Action): Promise<void> {
  const { objects, times, name } = seat;
  if (seen.epoch.kind === "unavailable" || seen.epoch.kind === "forbidden") return;
  const epoch = seen.epoch.kind === "found" ? seen.epoch.value : undefined;
  const fence = seen.disk.fence && seen.disk.fence !== "garbage" ? seen.disk.fence.round : undefined;
  const says: Omit<SeatStatus, "at"> = {
    seat: name,
    ...running,
    phase: phaseOf(action),
    ...("message" in action ? { message: action.message } : {}),
    epoch: epoch?.number ?? 0,
    healthy: action.kind === "run" && isHealthy(seen),
    ...(epoch ? { report: reportOf(seen.disk, epoch, name) } : {}),
    ...(fence === undefined ? {} : { fence }),
  };
  // Terms and indexes of a member that runs move all the time: that is no change to report.
  const changes = isSettled(action) ? [says.phase, says.epoch, says.healthy, says.message] : says;
  await publishStatus(objects, memory, says, changes, isSettled(action) ? times.statusQuietly : times.statusEvery);
}

/** By the word of the members: a process that never comes up is one that runs, too. */
const isHealthy = ({ members, seat }: Observation): boolean => members?.some(({ name, healthy }) => name === seat && healthy) ?? false;
