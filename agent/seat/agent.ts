import { seatStatus } from "../../constructs/spec/store";
import type { SeatStatus } from "../../constructs/spec/store";
import { phaseOf } from "../actions";
import type { Action } from "../actions";
import { decide } from "../decide";
import { reportOf } from "../observation";
import type { Observation } from "../observation";
import { everyRule } from "../rules";
import type { Rules } from "../rules";
import { keys } from "../store/keys";
import { observe } from "./observe";
import type { Memory, Seat } from "./observe";
import { perform } from "./perform";

/** What a status says beside the seat's own state. */
export interface Running {
  readonly machine: string;
  readonly bootId: string;
  readonly configuration?: string;
}

/** One look, one decision, one action; what was done is for the log, and says when to look again. */
export async function lookAndAct(seat: Seat, memory: Memory & StatusMemory, running: Running, rules: Rules = everyRule): Promise<Action> {
  const seen = await observe(seat, memory);
  const action = decide(seen, seat.times, rules);
  await publishStatus(seat, memory, running, seen, action);
  await perform(action, seen, seat, memory, rules);
  return action;
}

/** Whether a seat in this state looks, and reports, often. */
export function isSettled(action: Action): boolean {
  return action.kind === "run";
}

export interface StatusMemory {
  status?: { readonly said: string; readonly at: number; readonly version: string } | undefined;
}

/** On every change, often while anything is unsettled, and seldom otherwise. Times are the store's own. */
async function publishStatus(seat: Seat, memory: StatusMemory, running: Running, seen: Observation, action: Action): Promise<void> {
  const { objects, times, name } = seat;
  const now = objects.now();
  const epoch = seen.epoch.kind === "found" ? seen.epoch.value : undefined;
  if (now === undefined || !epoch) return;
  const fence = seen.disk.fence && seen.disk.fence !== "garbage" ? seen.disk.fence.round : undefined;
  const says: Omit<SeatStatus, "at"> = {
    seat: name,
    ...running,
    phase: phaseOf(action),
    ...("message" in action ? { message: action.message } : {}),
    epoch: epoch.number,
    healthy: action.kind === "run" && seen.members !== undefined,
    report: reportOf(seen.disk, epoch, name),
    ...(fence === undefined ? {} : { fence }),
  };
  // Terms and indexes of a member that runs move all the time: that is no change to report.
  const said = isSettled(action) ? JSON.stringify([says.phase, says.epoch]) : JSON.stringify(says);
  const every = isSettled(action) ? times.statusQuietly : times.statusEvery;
  const before = memory.status;
  if (before?.said === said && now - before.at < every * 1000) return;
  const status: SeatStatus = { ...says, at: new Date(now).toISOString() };
  const written = before
    ? await objects.replace(keys.status(name), status, before.version)
    : await objects.create(keys.status(name), status);
  if (written.kind === "written") memory.status = { said, at: now, version: written.version };
  if (written.kind !== "conflict") return;
  const known = await objects.read(keys.status(name), seatStatus);
  memory.status = known.kind === "found" || known.kind === "torn" ? { said: "", at: 0, version: known.version } : undefined;
}
