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
    tierDownFor: 0,
    now,
    ...view,
  };
  return nextStep(rollout, seen, timing);
}

const rescue: Rollout = { ...rolling, emergency: true };
const down = { serves: false, tierDownFor: 901 };
const saves = (rollout: Partial<Rollout>) => ({ kind: "save", rollout });

test.each([
  ["what the first one runs is good", step(undefined), saves({ good: "old", state: "whole", emergency: true })],
  ["another desire is the candidate", step(whole), saves({ good: "old", candidate: "new", state: "rolling" })],
  ["but not before its turn", step(whole, { turn: false }), { kind: "rest" }],
  ["unless it is broken", step(whole, { turn: false, serves: false, brokenFor: 301 }), saves({ candidate: "new" })],
  ["a serving machine waits for the turn even then", step(rolling, { turn: false, permitted: true }), { kind: "rest" }],
  ["a serving machine asks for the permit", step(rolling), { kind: "ask" }],
  ["and names itself while it holds it", step(rolling, { permitted: true }), saves({ machine: "etcd-0", until: at(timing.candidate) })],
  ["with the time to leave what it serves", step(rolling, { permitted: true, leaves: 40 }), saves({ until: at(timing.candidate + 40) })],
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
  ["a tier that is down for long is an emergency", step(rolling, down), saves({ ...rolling, emergency: true, fence: 3 })],
  ["not when it is down for less", step(rolling, { ...down, tierDownFor: 899 }), { kind: "rest" }],
  ["nor when nothing else is wanted", step(whole, { ...down, desired: "old" }), { kind: "rest" }],
  ["then its machines go to what is desired together", step(rescue, down), { kind: "apply", configuration: "new" }],
  ["and stay there", step(rescue, { ...down, runs: "new" }), { kind: "rest" }],
  ["also when another machine is named", step({ ...named, emergency: true }, { ...down, machine: "etcd-1" }), { kind: "apply" }],
  ["but not to what has failed", step({ ...failed, emergency: true }, down), { kind: "rest" }],
  ["nor a machine on which it did not come up", step(rescue, { ...down, fellBack: true }), { kind: "rest" }],
  ["nor one that serves", step(rescue, { healthyFor: 10 }), { kind: "ask" }],
  ["what is wanted next is for all as well", step(rescue, { ...down, desired: "newer" }), saves({ candidate: "newer", emergency: true })],
  ["the emergency lasts until all are through", step({ ...named, emergency: true }, { runs: "new" }), saves({ emergency: true })],
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

test("an emergency is over when the good configuration serves again", () => {
  const over = step(rescue);
  expect(over.kind === "save" && over.rollout).toEqual({ ...rolling, fence: 3 });
});

test("a machine that is through is named no more", () => {
  const done = step(named, { runs: "new" });
  expect(done.kind === "save" && Object.keys(JSON.parse(JSON.stringify(done.rollout)) as object).sort()).toEqual([
    "candidate",
    "done",
    "fence",
    "good",
    "state",
  ]);
});

test.each([
  ["no record", undefined, "etcd-0", "new"],
  ["whole", whole, "etcd-0", "old"],
  ["a repair", rolling, "etcd-0", "old"],
  ["the one that is named", named, "etcd-0", "new"],
  ["another one", named, "etcd-1", "old"],
  ["one that is through", { ...rolling, done: ["etcd-1"] }, "etcd-1", "new"],
  ["the named one past its time", { ...named, until: at(-1) }, "etcd-0", "old"],
  ["the named one after the failure", failed, "etcd-0", "old"],
  ["a tier that was down for long", rescue, "etcd-0", "new"],
  ["but not into what failed", { ...failed, emergency: true }, "etcd-0", "old"],
] as const)("boots: %s", (_name, rollout, machine, configuration) => {
  const record = rollout && { ...rollout, done: [...rollout.done] };
  expect(configurationFor(record, machine, "new", now, everyRule)).toBe(configuration);
});
