import { rollout as rolloutSchema } from "../constructs/spec/store";
import type { Rollout } from "../constructs/spec/store";
import type { Role } from "../constructs/spec/roles";
import { everyRule } from "./rules";
import type { Rules } from "./rules";
import { keys } from "./store/keys";
import type { Found, Objects, Read } from "./store/objects";
import type { Absent, Writing } from "./store/store";
import type { Timing } from "./timing";

/** What one machine of a role sees of its roll-out. Times are the store's, in milliseconds since 1970; durations in seconds. */
export interface RolloutView {
  readonly machine: string;
  /** Configuration that `desired/<role>` holds now. */
  readonly desired: string;
  /** Configuration that this machine runs. */
  readonly runs: string;
  /** The candidate did not come up here, and the machine went back by itself. */
  readonly fellBack: boolean;
  readonly serves: boolean;
  readonly healthyFor: number;
  /** How long this machine has run without serving: long enough, and it is broken rather than about to be repaired. */
  readonly brokenFor: number;
  /** Every machine of the role, with the configuration that it reports. */
  readonly reports: ReadonlyMap<string, string | undefined>;
  /** How long the tier has had no quorum (masters: no ready API server), by this machine's own watch. */
  readonly tierDownFor: number;
  /** Whether this machine holds the permit to disturb, with everything else found healthy. */
  readonly permitted: boolean;
  /** Seconds that it takes to leave what it serves, which no factor shortens. @default 0 */
  readonly leaves?: number;
  /** The roles that go before this one are through. */
  readonly turn: boolean;
  /** The candidate cannot be gone back from once every machine ran it: a minor step of etcd. */
  readonly oneWay: boolean;
  readonly now: number;
}

export type RolloutStep =
  | { readonly kind: "rest" }
  /** Write the record, by compare-and-swap. */
  | { readonly kind: "save"; readonly rollout: Rollout; readonly reason: string }
  /** Take the permit and look whether all others are healthy. */
  | { readonly kind: "ask" }
  /** Restart with another configuration. */
  | { readonly kind: "apply"; readonly configuration: string };

/** What a machine boots. The loader asks the same of the record; a repair gets `good`, and only the machine that is named, or through, the candidate. */
export function configurationFor(
  rollout: Rollout | undefined,
  machine: string,
  desired: string,
  now: number,
  rules: Pick<Rules, "repairBootsGood">,
): string {
  if (!rollout) return desired;
  if (rollout.candidate === undefined || rollout.state === "whole") return rollout.good;
  const named = rollout.emergency || rollout.machine === machine || rollout.wave?.includes(machine);
  const boots = rollout.done.includes(machine) || (named && !hasFailed(rollout, now));
  return boots || !rules.repairBootsGood ? rollout.candidate : rollout.good;
}

/** Failed on record, or past its time: everybody acts alike, before anybody has written it. */
export function hasFailed(rollout: Rollout, now: number): boolean {
  if (rollout.state === "failed") return true;
  return rollout.state === "rolling" && rollout.until !== undefined && Date.parse(rollout.until) <= now;
}

/** The next step of a machine in the roll-out of its role. */
export function nextStep(rollout: Rollout | undefined, view: RolloutView, times: Timing): RolloutStep {
  // What the first machine began with. As long as nothing has served with it, it may be bad, and nothing keeps anybody on it.
  if (!rollout)
    return {
      kind: "save",
      rollout: { good: view.runs, state: "whole", done: [], emergency: true, fence: 1 },
      reason: "the first configuration is the good one",
    };
  const fence = rollout.fence + 1;
  if (view.desired !== rollout.candidate && (view.desired !== rollout.good || rollout.state !== "whole")) {
    if (view.desired === rollout.good)
      return {
        kind: "save",
        rollout: { good: rollout.good, state: "whole", done: [], fence },
        reason: "the good configuration is wanted again",
      };
    // A fix for what is broken waits for no other role: that one may be waiting for this to be healthy.
    if (view.turn || isBroken(view, times))
      return {
        kind: "save",
        rollout: { good: rollout.good, candidate: view.desired, state: "rolling", done: [], emergency: rollout.emergency, fence },
        reason: "another configuration is wanted",
      };
  }
  // A tier that is down as a whole never gets healthy one machine at a time: all that serve nothing go together.
  if (!rollout.emergency && rollout.state !== "whole" && !view.serves && view.tierDownFor >= times.emergency)
    return { kind: "save", rollout: { ...rollout, emergency: true, fence }, reason: "nothing of the tier has served for long" };
  if (rollout.emergency && !view.serves && !view.fellBack) {
    const configuration = configurationFor(rollout, view.machine, view.desired, view.now, everyRule);
    if (view.runs !== configuration) return { kind: "apply", configuration };
  }
  if (rollout.emergency && view.runs === rollout.good && view.serves && view.healthyFor >= times.healthy)
    return { kind: "save", rollout: { ...rollout, emergency: undefined, fence }, reason: "the good configuration serves" };
  const { candidate, machine } = rollout;
  if (rollout.state === "whole" || candidate === undefined) return goBack(rollout.good, view);
  if (hasFailed(rollout, view.now)) {
    if (rollout.state !== "failed")
      return { kind: "save", rollout: { ...rollout, state: "failed", fence }, reason: "the machine was not healthy in time" };
    return rollout.done.includes(view.machine) ? { kind: "rest" } : goBack(rollout.good, view);
  }
  if (machine === view.machine) return asNamed({ ...rollout, candidate }, view, times);
  if (machine !== undefined) return { kind: "rest" };
  if (rollout.done.includes(view.machine)) return through(rollout, candidate, view);
  if (view.serves ? !view.turn : !isBroken(view, times)) return { kind: "rest" };
  if (view.serves && !view.permitted) return { kind: "ask" };
  return { kind: "save", rollout: named({ ...rollout, candidate }, view, times), reason: `${view.machine} is next` };
}

/** Longer without service than any repair takes. */
function isBroken(view: RolloutView, times: Timing): boolean {
  return !view.serves && view.brokenFor >= times.healthy;
}

function goBack(good: string, view: RolloutView): RolloutStep {
  if (view.runs === good) return { kind: "rest" };
  return view.serves && !view.permitted ? { kind: "ask" } : { kind: "apply", configuration: good };
}

function asNamed(rollout: Rollout & { candidate: string }, view: RolloutView, times: Timing): RolloutStep {
  const fence = rollout.fence + 1;
  if (view.fellBack)
    return { kind: "save", rollout: { ...rollout, state: "failed", fence }, reason: "the machine came back on what it was to leave" };
  if (view.runs !== rollout.candidate)
    return view.serves && !view.permitted ? { kind: "ask" } : { kind: "apply", configuration: rollout.candidate };
  if (!view.serves || view.healthyFor < times.healthy) return { kind: "rest" };
  return {
    kind: "save",
    rollout: { ...rollout, machine: undefined, until: undefined, done: [...rollout.done, view.machine], fence },
    reason: `${view.machine} is healthy`,
  };
}

function named(rollout: Rollout & { candidate: string }, view: RolloutView, times: Timing): Rollout {
  const last = rollout.done.length >= view.reports.size - 1;
  const until = new Date(view.now + (times.candidate + (view.leaves ?? 0)) * 1000).toISOString();
  return {
    ...rollout,
    good: last && view.oneWay ? rollout.candidate : rollout.good,
    machine: view.machine,
    until,
    fence: rollout.fence + 1,
  };
}

// Through only when every machine says itself that it runs the candidate.
function through(rollout: Rollout, candidate: string, view: RolloutView): RolloutStep {
  const all = [...view.reports].every(([machine, runs]) => rollout.done.includes(machine) && runs === candidate);
  return all
    ? { kind: "save", rollout: { good: candidate, state: "whole", done: [], fence: rollout.fence + 1 }, reason: "every machine reports it" }
    : { kind: "rest" };
}

export function readRollout(objects: Objects, role: Role): Promise<Read<Rollout>> {
  return objects.read(keys.rollout(role), rolloutSchema);
}

/** Writes what a step wants over exactly what it was decided on. */
export function saveRollout(objects: Objects, role: Role, before: Found<Rollout> | Absent, next: Rollout): Promise<Writing> {
  return before.kind === "found" ? objects.replace(keys.rollout(role), next, before.version) : objects.create(keys.rollout(role), next);
}
