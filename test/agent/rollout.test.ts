import type { Rollout } from "../../constructs/spec/store";
import { configurationFor, nextStep } from "../../agent/rollout";
import type { RolloutView } from "../../agent/rollout";
import { everyRule } from "../../agent/rules";
import { timing } from "../../agent/timing";

const now = Date.parse("2026-01-01T00:00:00Z");
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString();
const whole: Rollout = { good: "old", state: "whole", done: [], fence: 1 };
const rolling: Rollout = { good: "old", candidate: "new", state: "rolling", done: [], fence: 2 };
const named: Rollout = { ...rolling, machine: "etcd-0", until: at(100) };
const failed: Rollout = { ...named, state: "failed" };
const machines = (...runs: string[]) => new Map(runs.map((configuration, index) => [`etcd-${index}`, configuration]));

function step(rollout: Rollout | undefined, view: Partial<RolloutView> = {}) {
  const seen: RolloutView = {
    machine: "etcd-0",
    desired: "new",
    runs: "old",
    fellBack: false,
    serves: true,
    healthyFor: 1e6,
    brokenFor: 0,
    reports: machines("old", "old", "old"),
    permitted: false,
    turn: true,
    oneWay: false,
    now,
    ...view,
  };
  return nextStep(rollout, seen, timing);
}

const down = { emergency: true, serves: false };
const saves = (rollout: Partial<Rollout>) => ({ kind: "save", rollout });

test.each([
  ["the first desire is the good one", step(undefined), saves({ good: "new", state: "whole" })],
  ["another desire is the candidate", step(whole), saves({ good: "old", candidate: "new", state: "rolling" })],
  ["but not before its turn", step(whole, { turn: false }), { kind: "rest" }],
  ["unless it is broken", step(whole, { turn: false, serves: false, brokenFor: 301 }), saves({ candidate: "new" })],
  ["a serving machine waits for the turn even then", step(rolling, { turn: false, permitted: true }), { kind: "rest" }],
  ["a serving machine asks for the permit", step(rolling), { kind: "ask" }],
  ["and names itself while it holds it", step(rolling, { permitted: true }), saves({ machine: "etcd-0", until: at(timing.candidate) })],
  ["a broken machine names itself", step(rolling, { serves: false, brokenFor: 301 }), saves({ machine: "etcd-0" })],
  ["one that only just booted is no broken one", step(rolling, { serves: false, brokenFor: 10 }), { kind: "rest" }],
  ["one at a time", step(named, { machine: "etcd-1", permitted: true }), { kind: "rest" }],
  ["the named one restarts into the candidate", step(named, { permitted: true }), { kind: "apply", configuration: "new" }],
  ["not without the permit, if it serves", step(named), { kind: "ask" }],
  ["is watched", step(named, { runs: "new", healthyFor: 299 }), { kind: "rest" }],
  ["and is done", step(named, { runs: "new", healthyFor: 301 }), saves({ done: ["etcd-0"] })],
  ["what came back on the old one has failed", step(named, { fellBack: true }), saves({ state: "failed" })],
  ["past its time it has failed, whoever looks", step({ ...named, until: at(-1) }, { machine: "etcd-2" }), saves({ state: "failed" })],
  ["also while another role goes first", step({ ...named, until: at(-1) }, { desired: "newer", turn: false }), saves({ state: "failed" })],
  ["then it goes back to the good one", step(failed, { runs: "new", serves: false }), { kind: "apply", configuration: "old" }],
  ["and nothing moves", step(failed, { machine: "etcd-1", permitted: true }), { kind: "rest" }],
  ["until something else is wanted", step(failed, { desired: "newer" }), saves({ candidate: "newer", state: "rolling", done: [] })],
  ["or the good one again", step(failed, { desired: "old" }), saves({ good: "old", state: "whole" })],
  ["a tier that is down goes to what is desired together", step(rolling, down), { kind: "apply", configuration: "new" }],
  ["and stays there", step(rolling, { ...down, runs: "new" }), { kind: "rest" }],
  ["also one that another machine is named before", step(named, { ...down, machine: "etcd-1" }), { kind: "apply", configuration: "new" }],
  ["but not to what has failed", step(failed, down), { kind: "rest" }],
  ["nor a machine on which it did not come up", step(rolling, { ...down, fellBack: true }), { kind: "rest" }],
  ["nor one that serves", step(rolling, { emergency: true }), { kind: "ask" }],
  [
    "through when every machine says so",
    step({ ...rolling, done: ["etcd-0", "etcd-1", "etcd-2"] }, { runs: "new", reports: machines("new", "new", "new") }),
    saves({ good: "new", state: "whole" }),
  ],
  [
    "not when one does not",
    step({ ...rolling, done: ["etcd-0", "etcd-1", "etcd-2"] }, { runs: "new", reports: machines("new", "new", "old") }),
    { kind: "rest" },
  ],
  [
    "what cannot go back is good before the last one starts it",
    step({ ...rolling, done: ["etcd-1", "etcd-2"] }, { permitted: true, oneWay: true }),
    saves({ good: "new", machine: "etcd-0" }),
  ],
])("%s", (_name, found, expected) => {
  expect(found).toMatchObject(expected);
});

test("a machine that is through is named no more", () => {
  const done = step(named, { runs: "new" });
  expect(done.kind === "save" && Object.keys(done.rollout).sort()).toEqual(["candidate", "done", "fence", "good", "state"]);
});

test.each([
  ["no record", undefined, "etcd-0", false, "new"],
  ["whole", whole, "etcd-0", false, "old"],
  ["a repair", rolling, "etcd-0", false, "old"],
  ["the one that is named", named, "etcd-0", false, "new"],
  ["another one", named, "etcd-1", false, "old"],
  ["one that is through", { ...rolling, done: ["etcd-1"] }, "etcd-1", false, "new"],
  ["the named one past its time", { ...named, until: at(-1) }, "etcd-0", false, "old"],
  ["the named one after the failure", failed, "etcd-0", false, "old"],
  ["a tier that was down for long", rolling, "etcd-0", true, "new"],
  ["but not into what failed", failed, "etcd-0", true, "old"],
] as const)("boots: %s", (_name, rollout, machine, emergency, configuration) => {
  const record = rollout && { ...rollout, done: [...rollout.done] };
  expect(configurationFor(record, machine, "new", emergency, now, everyRule)).toBe(configuration);
});
