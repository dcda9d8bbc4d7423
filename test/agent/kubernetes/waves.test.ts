import type { Rollout } from "../../../constructs/spec/store";
import { decideWorker, type WorkerSight } from "../../../agent/kubernetes/worker-move";
import { digest, Pools } from "./pool";

const [good, candidate, fix] = [digest("a"), digest("b"), digest("c")];
const hour = 3600;
const isWhole = (configuration: string) => (record: { good: string; state: string } | undefined) =>
  record?.state === "whole" && record.good === configuration;

/** Whole with the good one, and then the candidate is wanted. */
async function rolling(sizes: Readonly<Record<string, number>>, wanted = candidate): Promise<Pools> {
  const pools = new Pools(good, sizes);
  await pools.run(600);
  expect(await pools.record()).toMatchObject({ good, state: "whole" });
  expect(pools.waves).toEqual([]);
  pools.desired = wanted;
  return pools;
}

const runs = (pools: Pools) => pools.machines.map((one) => one.runs);

test("a candidate goes through a pool in waves of a tenth, and is the good one when every machine says so", async () => {
  const pools = await rolling({ general: 30 });
  await pools.run(8 * hour, isWhole(candidate));
  expect(await pools.record()).toEqual({ good: candidate, state: "whole", done: [], fence: expect.any(Number) as number });
  expect(new Set(runs(pools))).toEqual(new Set([candidate]));
  expect(pools.waves.map((wave) => wave.length)).toEqual(Array.from({ length: 10 }, () => 3));
  expect(pools.mostDown).toBe(3);
});

test("never more than a tenth of a pool either, and never none", async () => {
  const pools = await rolling({ small: 2, large: 20 });
  await pools.run(12 * hour, isWhole(candidate));
  expect(new Set(runs(pools))).toEqual(new Set([candidate]));
  const small = new Set(pools.machines.filter(({ pool }) => pool === "small").map(({ instance }) => instance));
  expect(Math.max(...pools.waves.map((wave) => wave.filter((one) => small.has(one)).length))).toBe(1);
  expect(Math.max(...pools.waves.map((wave) => wave.length))).toBe(2);
});

test("it waits for its turn, and a wave that has begun does not", async () => {
  const pools = await rolling({ general: 3 });
  pools.turn = false;
  await pools.run(hour);
  expect(await pools.record()).toMatchObject({ good, state: "whole" });
  pools.turn = true;
  await pools.run(60);
  pools.turn = false;
  await pools.run(hour);
  expect(await pools.record()).toMatchObject({ candidate, state: "rolling", done: ["i-0"] });
  expect(runs(pools)).toEqual([candidate, good, good]);
});

test("a candidate that no kubelet comes up with halts after one wave, and the wave goes back", async () => {
  const pools = await rolling({ general: 20 });
  pools.bad.add(candidate);
  await pools.run(8 * hour);
  expect(await pools.record()).toMatchObject({ good, candidate, state: "failed", done: [] });
  expect(pools.waves).toHaveLength(1);
  expect(pools.mostDown).toBe(2);
  expect(new Set(runs(pools))).toEqual(new Set([good]));
  pools.desired = fix;
  await pools.run(8 * hour, isWhole(fix));
  expect(new Set(runs(pools))).toEqual(new Set([fix]));
});

test("an agent that does not come up is told by the machine that went back, at once", async () => {
  const pools = await rolling({ general: 4 });
  pools.throwing.add(candidate);
  await pools.run(150);
  expect(await pools.record()).toMatchObject({ candidate, state: "failed", wave: ["i-0"] });
  pools.desired = fix;
  await pools.run(8 * hour, isWhole(fix));
  expect(new Set(runs(pools))).toEqual(new Set([fix]));
});

test("nodes whose pods nobody reaches end it, though their kubelets are content", async () => {
  const pools = await rolling({ general: 4 });
  pools.unreachable.add("i-0");
  await pools.run(2 * hour);
  expect(await pools.record()).toMatchObject({ candidate, state: "failed", wave: ["i-0"] });
  expect(runs(pools)).toEqual([good, good, good, good]);
});

test("a machine that disappears out of a wave is not waited for; its replacement boots the good one, and has its turn later", async () => {
  const pools = await rolling({ general: 20 });
  await pools.run(120);
  expect((await pools.record())?.wave).toEqual(["i-0", "i-1"]);
  const replacement = await pools.replace("i-1");
  expect(replacement.runs).toBe(good);
  await pools.run(8 * hour, isWhole(candidate));
  expect(replacement.runs).toBe(candidate);
  expect(pools.waves.filter((wave) => wave.includes(replacement.instance))).toHaveLength(1);
});

test("when a whole wave is gone, nobody is left to say that the candidate is good", async () => {
  const pools = await rolling({ general: 3 });
  await pools.run(120);
  await pools.replace("i-0");
  await pools.run(hour);
  expect(await pools.record()).toMatchObject({ state: "failed", wave: ["i-0"] });
});

test("a machine that is replaced after its wave is rolled again before the candidate is called good", async () => {
  const pools = await rolling({ general: 3 });
  await pools.run(8 * hour, (record) => record?.done.length === 2);
  const replacement = await pools.replace("i-0");
  expect(replacement.runs).toBe(good);
  await pools.run(8 * hour, isWhole(candidate));
  expect(new Set(runs(pools))).toEqual(new Set([candidate]));
});

test("workers that the good configuration has broken get the fix first, and the rest goes on after them", async () => {
  const pools = await rolling({ general: 20 });
  for (const instance of ["i-7", "i-8", "i-9"]) pools.machine(instance).runs = digest("d");
  pools.bad.add(digest("d"));
  pools.bad.add(candidate);
  pools.desired = fix;
  await pools.run(8 * hour, isWhole(fix));
  expect(new Set(runs(pools))).toEqual(new Set([fix]));
  expect(pools.waves[0]).toEqual(["i-7", "i-8"]);
  expect(pools.mostDown).toBe(3);
});

test("nothing that serves is taken down while as many as may be are down anyway", async () => {
  const pools = await rolling({ general: 20 });
  pools.bad.add(digest("d"));
  for (const instance of ["i-7", "i-8"]) Object.assign(pools.machine(instance), { runs: digest("d"), silent: true });
  await pools.run(2 * hour);
  expect(pools.waves).toEqual([]);
  await pools.replace("i-7");
  await pools.run(hour);
  expect(pools.waves.map((wave) => wave.length)).toEqual(expect.arrayContaining([1]));
});

test("one that runs the candidate already is looked at like all others", async () => {
  const pools = await rolling({ general: 3 });
  pools.machine("i-2").runs = candidate;
  await pools.run(8 * hour, isWhole(candidate));
  expect(pools.waves.flat()).toEqual(["i-0", "i-1", "i-2"]);
});

test("a silent agent is neither named nor taken for one that is through", async () => {
  const pools = await rolling({ general: 3 });
  pools.machine("i-1").silent = true;
  await pools.run(8 * hour);
  expect(await pools.record()).toMatchObject({ state: "rolling", done: ["i-0", "i-2"] });
  expect(pools.waves.flat()).not.toContain("i-1");
  await pools.replace("i-1");
  await pools.run(8 * hour, isWhole(candidate));
  expect(new Set(runs(pools))).toEqual(new Set([candidate]));
});

test("when the good one is wanted again, those that were through go back in waves too", async () => {
  const pools = await rolling({ general: 20 });
  await pools.run(8 * hour, (record) => record?.done.length === 10);
  pools.desired = good;
  pools.mostDown = 0;
  await pools.run(8 * hour);
  expect(await pools.record()).toMatchObject({ good, state: "whole", done: [] });
  expect(new Set(runs(pools))).toEqual(new Set([good]));
  expect(pools.mostDown).toBe(2);
});

test("restarts that systems want go in waves, one restart each, and stop where a machine does not come back", async () => {
  const pools = await rolling({ general: 20 }, good);
  for (const machine of pools.machines) machine.restart = true;
  await pools.run(8 * hour);
  expect(pools.machines.map(({ restarts }) => restarts)).toEqual(Array.from({ length: 20 }, () => 1));
  expect(pools.mostDown).toBe(2);
  for (const machine of pools.machines) machine.restart = true;
  await pools.run(60);
  pools.machine("i-0").silent = true;
  await pools.run(8 * hour);
  expect(pools.machines.filter(({ restarts }) => restarts === 2)).toHaveLength(2);
});

const whole: Rollout = { good, state: "whole", done: [], fence: 1 };
const named: Rollout = { good, candidate, state: "rolling", done: [], wave: ["i-1"], until: "2026-01-01T01:00:00Z", fence: 2 };
const now = Date.parse("2026-01-01T00:00:00Z");
const update = { restart: "an update" };

test.each<[string, Rollout, Partial<WorkerSight>, object]>([
  ["nothing is wanted of it", whole, {}, { kind: "rest" }],
  ["it is not named", { ...named, wave: ["i-2"] }, {}, { kind: "rest" }],
  ["it is named", named, {}, { kind: "apply", configuration: candidate }],
  ["it is there", named, { runs: candidate }, { kind: "rest" }],
  ["the time is over", named, { runs: candidate, now: now + 2 * hour * 1000 }, { kind: "apply", configuration: good }],
  ["it runs something else than it should, and serves", whole, { runs: fix }, { kind: "rest" }],
  [
    "it runs something else than it should, and serves nothing",
    whole,
    { runs: fix, serves: false },
    { kind: "apply", configuration: good },
  ],
  ["its system wants to start again", whole, update, { kind: "rest" }],
  ["its system wants to start again, and it is named", { ...whole, wave: ["i-1"] }, update, { kind: "restart", reason: "an update" }],
  ["both are wanted: one after the other", named, update, { kind: "apply", configuration: candidate }],
  ["the roll-out has failed", { ...named, state: "failed" }, update, { kind: "rest" }],
])("what a worker does when %s", (_, rollout, sight, expected) => {
  expect(decideWorker(rollout, { instance: "i-1", runs: good, serves: true, now, ...sight })).toEqual(expected);
});
