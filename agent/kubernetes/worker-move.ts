import type { Rollout } from "../../constructs/spec/store";
import { configurationFor, hasFailed } from "../rollout";
import { everyRule } from "../rules";

/** What a worker sees of the roll-out and of itself. */
export interface WorkerSight {
  readonly instance: string;
  readonly runs: string;
  readonly serves: boolean;
  /** Why its system wants to start again. */
  readonly restart?: string | undefined;
  /** The store's, in milliseconds since 1970. */
  readonly now: number;
}

export type WorkerMove =
  | { readonly kind: "rest" }
  /** Start again with another configuration. */
  | { readonly kind: "apply"; readonly configuration: string }
  /** Start the whole machine again. */
  | { readonly kind: "restart"; readonly reason: string };

/**
 * A worker moves when masters have named it, whichever way: to the candidate, back to the good one, or through a restart of
 * its system. One that serves nothing needs no naming to go where it belongs.
 */
export function decideWorker(rollout: Rollout, { instance, runs, serves, restart, now }: WorkerSight): WorkerMove {
  const configuration = configurationFor(rollout, instance, rollout.good, now, everyRule);
  const named = rollout.wave?.includes(instance) === true;
  if (runs !== configuration) return named || !serves ? { kind: "apply", configuration } : { kind: "rest" };
  if (named && restart !== undefined && !hasFailed(rollout, now)) return { kind: "restart", reason: restart };
  return { kind: "rest" };
}
