import { retry } from "../../cli/retry";
import { digest, StoreWorld, ago } from "./cluster";

let world: StoreWorld;
const failed = {
  good: digest("a"),
  candidate: digest("b"),
  state: "failed",
  done: ["etcd-1"],
  machine: "etcd-0",
  until: ago(600),
  fence: 7,
};
beforeEach(() => {
  world = new StoreWorld().whole().put("rollout/etcd", failed);
});

test("the same candidate rolls again, with what was through and nobody named", async () => {
  expect(await retry(world.cluster, "etcd")).toBe("rollout/etcd: bbbbbbbbbbbb is tried again; through already: etcd-1");
  expect(world.take("rollout/etcd")).toEqual({ good: digest("a"), candidate: digest("b"), state: "rolling", done: ["etcd-1"], fence: 8 });
});

test("workers' wave is named anew, and an emergency goes on", async () => {
  world.put("rollout/worker", { ...failed, done: [], machine: undefined, wave: ["i-1", "i-2"], emergency: true });
  await retry(world.cluster, "worker");
  expect(world.take("rollout/worker")).toEqual({
    ...{ good: digest("a"), candidate: digest("b"), state: "rolling", done: [], emergency: true },
    fence: 8,
  });
});

test.each([
  ["whole", { good: digest("a"), state: "whole", done: [], fence: 1 }, "rollout/etcd is whole: there is nothing to try again"],
  ["rolling", { ...failed, state: "rolling", until: ago(-60) }, "rollout/etcd is rolling: there is nothing to try again"],
  [
    "past its time",
    { ...failed, state: "rolling" },
    "rollout/etcd is rolling: its time has passed, and a machine will say so within a minute: run it again then",
  ],
])("one that is %s stays", async (_name, record, reason) => {
  world.put("rollout/etcd", record);
  await expect(retry(world.cluster, "etcd")).rejects.toThrow(reason);
  expect(world.take("rollout/etcd")).toEqual(JSON.parse(JSON.stringify(record)));
});

test("no record, and a store that is away, are said", async () => {
  await expect(retry(world.cluster, "master")).rejects.toThrow("rollout/master: there is no roll-out");
  world.faults.failure = { kind: "unavailable", reason: "503 SlowDown" };
  await expect(retry(world.cluster, "etcd")).rejects.toThrow("rollout/etcd: 503 SlowDown");
});
