import * as z from "zod";
import { MemoryStore } from "../../../agent/store/memory";
import { Objects } from "../../../agent/store/objects";

let now = 1000;
const store = () => new MemoryStore(() => now);
const shape = z.strictObject({ a: z.int() });

test("put-if-absent lets the first win, put-if-match only who read the last version", async () => {
  const memory = store();
  const first = await memory.putIfAbsent("epoch", "1");
  expect(first.kind).toBe("written");
  expect(await memory.putIfAbsent("epoch", "2")).toEqual({ kind: "conflict" });
  const version = first.kind === "written" ? first.version : "";
  expect((await memory.putIfMatch("epoch", "3", version)).kind).toBe("written");
  expect(await memory.putIfMatch("epoch", "4", version)).toEqual({ kind: "conflict" });
  expect(await memory.putIfMatch("absent", "5", version)).toEqual({ kind: "conflict" });
  expect(await memory.get("epoch")).toMatchObject({ kind: "found", body: "3", now: 1000 });
});

test("a deleted and new object has another version than any before", async () => {
  const memory = store();
  const first = await memory.putIfAbsent("permit", "1");
  await memory.delete("permit");
  await memory.putIfAbsent("permit", "1");
  expect(await memory.putIfMatch("permit", "2", first.kind === "written" ? first.version : "")).toEqual({ kind: "conflict" });
});

test("lists by prefix, sorted", async () => {
  const memory = store();
  for (const key of ["votes/2/etcd-0", "votes/1/etcd-1", "votes/1/etcd-0", "epoch"]) await memory.putIfAbsent(key, "");
  expect(await memory.list("votes/1/")).toEqual({ kind: "listed", keys: ["votes/1/etcd-0", "votes/1/etcd-1"] });
});

test("a failing store answers so and does nothing", async () => {
  const memory = store();
  memory.faults.failure = { kind: "unavailable", reason: "503" };
  expect(await memory.putIfAbsent("epoch", "1")).toEqual({ kind: "unavailable", reason: "503" });
  memory.faults.failure = { kind: "forbidden", reason: "403" };
  expect(await memory.get("epoch")).toEqual({ kind: "forbidden", reason: "403" });
  delete memory.faults.failure;
  expect(await memory.get("epoch")).toEqual({ kind: "absent", now: 1000 });
});

test("a put whose answer is never heard is done all the same", async () => {
  const memory = store();
  memory.faults.pause = (moment) => (moment === "after" ? new Promise(() => undefined) : undefined);
  void memory.putIfAbsent("epoch", "1");
  await Promise.resolve();
  delete memory.faults.pause;
  expect(await memory.get("epoch")).toMatchObject({ kind: "found", body: "1" });
});

test.each([
  ["torn", '{"a":', "it is not JSON"],
  ["foreign", '{"b":1}', "a: Invalid input: expected number, received undefined"],
  ["with a field too many", '{"a":1,"b":1}', 'object: Unrecognized key: "b"'],
])("an object that is %s says what is wrong with it", async (_name, body, reason) => {
  const memory = store();
  await memory.putIfAbsent("epoch", body);
  expect(await new Objects(memory, () => 0).read("epoch", shape)).toMatchObject({ kind: "torn", reason });
});

test("the store's clock runs on between answers, and is unknown before the first", async () => {
  const memory = store();
  let monotonic = 50;
  const objects = new Objects(memory, () => monotonic);
  expect(objects.now()).toBeUndefined();
  now = 5000;
  await objects.read("epoch", shape);
  monotonic = 80;
  expect(objects.now()).toBe(5030);
});

test("a version that comes back with another body is parsed again", async () => {
  const memory = store();
  const objects = new Objects(memory, () => 0);
  await objects.create("epoch", { a: 1 });
  await objects.read("epoch", shape);
  const put = memory.contents.objects.get("epoch");
  memory.contents.objects.set("epoch", { body: '{"a":2}', version: put?.version ?? "" });
  expect(await objects.read("epoch", shape)).toMatchObject({ value: { a: 2 } });
});

test("an object is parsed once", async () => {
  const memory = store();
  const counted = { calls: 0 };
  const counting = z.strictObject({ a: z.int().refine(() => ++counted.calls > 0) });
  const objects = new Objects(memory, () => 0);
  await objects.create("epoch", { a: 1 });
  await objects.read("epoch", counting);
  await objects.read("epoch", counting);
  expect(counted.calls).toBe(1);
});
