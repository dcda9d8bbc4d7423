import type { Rollout } from "../../constructs/spec/store";
import { nextStep, type RolloutStep } from "../rollout";
import type { Timing } from "../timing";

/** A worker as masters see it: its node, and what its agent says there. */
export interface Worker {
  readonly instance: string;
  readonly pool: string;
  /** By the word of its kubelet, which the API believes for 50 seconds. */
  readonly ready: boolean;
  /** What its agent runs; undefined when that has said nothing for long, and so will not do anything either. */
  readonly runs?: string | undefined;
  readonly healthy: boolean;
  /** A configuration whose agent did not come up there. */
  readonly fellBack?: string | undefined;
  /** Its system wants to start again. */
  readonly restart: boolean;
}

export interface WaveView {
  readonly desired: string;
  readonly workers: readonly Worker[];
  /** Instances whose pods can be reached. Only those that have settled are asked. */
  readonly reached: ReadonlySet<string>;
  /** The control plane is through, and machines may be disturbed now. */
  readonly turn: boolean;
  readonly workersAtOncePercent: number;
  /** The store's, in milliseconds since 1970. */
  readonly now: number;
}

/** `rest` with the reason for it. */
export type WaveStep = Extract<RolloutStep, { kind: "save" }> | { readonly kind: "rest"; readonly reason: string };

/** What all workers are to run in the end. */
export function target({ state, good, candidate }: Rollout): string {
  return state === "rolling" ? (candidate ?? good) : good;
}

/** Whether a worker has done what it was named for, by its own word and its kubelet's. */
export function hasSettled(rollout: Rollout, { runs, healthy, ready, restart }: Worker): boolean {
  return runs === target(rollout) && healthy && ready && !restart;
}

/**
 * The next step of the workers' roll-out, decided by any master. What is wanted, and what has failed, is as in every other
 * role; but workers have no seats, so masters name instances, several at once. In the same waves go those that still run
 * something else when the roll-out is over, and those whose system wants to start again.
 */
export function decideWave(record: Rollout | undefined, view: WaveView, times: Timing & { readonly drain: number }): WaveStep {
  if (!record) {
    const rollout: Rollout = { good: view.desired, state: "whole", done: [], fence: 1 };
    return { kind: "save", rollout, reason: "the first configuration is the good one" };
  }
  const common = nextStep(record, asOneMachine(record, view), times);
  if (common.kind === "save") return common;
  if (record.state === "failed") return rest("failed: nothing moves before something else is wanted");
  return record.wave ? follow(record, record.wave, view) : name(record, view, times);
}

/** Somebody without a machine, who sees what is wanted and what is past its time. */
function asOneMachine({ good }: Rollout, { desired, turn, now }: WaveView): Parameters<typeof nextStep>[1] {
  const nothing = { fellBack: false, serves: true, healthyFor: 0, brokenFor: 0, tierDownFor: 0, permitted: false, oneWay: false };
  return { ...nothing, machine: "", desired, runs: good, reports: new Map(), turn, now };
}

function follow(record: Rollout, wave: readonly string[], { workers, reached }: WaveView): WaveStep {
  const { good, candidate, state } = record;
  const fence = record.fence + 1;
  const members = workers.filter(({ instance }) => wave.includes(instance));
  const rolling = state === "rolling";
  const back = members.find(({ fellBack }) => fellBack === target(record));
  const failed = (reason: string): WaveStep => ({ kind: "save", rollout: { ...record, state: "failed", fence }, reason });
  if (rolling && back) return failed(`${back.instance} came back on what it was to leave`);
  // One of many may be taken away by whoever scales or replaces machines; of a whole wave nobody is left to say that it is good.
  if (rolling && members.length === 0) return failed("no machine of the wave is left");
  const waiting = members.filter((one) => !hasSettled(record, one) || !reached.has(one.instance)).map(({ instance }) => instance);
  if (waiting.length > 0) return rest(`waits for ${waiting.join(", ")}`);
  const present = record.done.filter((instance) => workers.some((one) => one.instance === instance));
  const done = rolling ? [...present, ...members.map(({ instance }) => instance)] : [];
  return {
    kind: "save",
    rollout: { good, ...(candidate === undefined ? {} : { candidate }), state, done, fence },
    reason: "the wave is healthy",
  };
}

function name(record: Rollout, view: WaveView, times: Timing & { readonly drain: number }): WaveStep {
  const { workers, turn, now } = view;
  const rolling = record.state === "rolling";
  const fence = record.fence + 1;
  const isThrough = ({ instance, runs }: Worker): boolean => runs === target(record) && (!rolling || record.done.includes(instance));
  if (rolling && workers.every(isThrough)) {
    const rollout: Rollout = { good: target(record), state: "whole", done: [], fence };
    return { kind: "save", rollout, reason: "every machine reports it" };
  }
  if (!turn) return rest("it is not the workers' turn");
  const pending = workers.filter((one) => one.runs !== undefined && (!isThrough(one) || one.restart));
  if (pending.length === 0) return rest(rolling ? "a worker does not say what it runs" : "all run what is wanted");
  const wave = chosen(pending, view);
  if (wave.length === 0) return rest("as many workers as may be down are down");
  const until = new Date(now + (times.candidate + times.drain) * 1000).toISOString();
  return { kind: "save", rollout: { ...record, wave, until, fence }, reason: `${wave.join(", ")}: next` };
}

/** Never more than the share of all workers, and of each pool. Those that are down anyway are counted, and a fix reaches them whatever else is down. */
function chosen(pending: readonly Worker[], { workers, workersAtOncePercent }: WaveView): string[] {
  const share = (of: readonly Worker[]): number => Math.max(1, Math.floor((of.length * workersAtOncePercent) / 100));
  const taken: Worker[] = [];
  for (const one of pending) {
    const scopes = [workers, workers.filter(({ pool }) => pool === one.pool)];
    const fits = scopes.every((scope) => {
      const gone = scope.filter((other) => taken.includes(other) || (one.ready && !other.ready)).length;
      return gone < share(scope);
    });
    if (fits) taken.push(one);
  }
  return taken.map(({ instance }) => instance);
}

function rest(reason: string): WaveStep {
  return { kind: "rest", reason };
}
