import { userInfo } from "node:os";
import { approve } from "../../cli/approve";
import { ago, disk, epoch, start, StoreWorld } from "./cluster";

let world: StoreWorld;
let lines: string[];
beforeEach(() => {
  lines = [];
  world = new StoreWorld().whole();
  world
    .status("etcd-0", { phase: "wait", at: ago(4) })
    .status("etcd-1", { at: ago(1900) })
    .status("etcd-2", { at: ago(1200) });
});

const give = (...absent: string[]) => approve(world.cluster, { absent, yes: true, say: (line) => lines.push(line) });

test("seats that are lost are named with the disk that they had joined with", async () => {
  expect(await give("etcd-1")).toBe(true);
  expect(world.take("approve/2")).toEqual({
    epoch: 2,
    absent: [{ seat: "etcd-1", disk: disk("1") }],
    by: userInfo().username,
    at: new Date(start).toISOString(),
  });
  expect(lines).toEqual([
    "etcd-0 last spoke 4 s ago; it must take part",
    "etcd-1 last spoke 32 min ago; destroy its volume orchard-etcd-1: what it alone holds is given up",
    "etcd-2 last spoke 20 min ago; it must take part",
    "approve/2: etcd-1 given up in epoch 2",
  ]);
});

test("without --yes nothing is written", async () => {
  expect(await approve(world.cluster, { absent: ["etcd-1"], yes: false, say: (line) => lines.push(line) })).toBe(false);
  expect(world.take("approve/2")).toBeUndefined();
  expect(lines.at(-1)).toBe("nothing was written: say --yes once the volumes are destroyed");
});

test("a seat that may live is not given up", async () => {
  world.status("etcd-1", { at: ago(119) });
  await expect(give("etcd-1")).rejects.toThrow("etcd-1 last spoke 119 s ago: it lives, and is not given up");
  world.put("seats/etcd-1", "{}");
  await expect(give("etcd-1")).rejects.toThrow(/^seats\/etcd-1: /);
  expect(world.take("approve/2")).toBeUndefined();
});

test("one seat must be left, and a seat must be one", async () => {
  world.status("etcd-0", { at: ago(1900) });
  await expect(give("etcd-0", "etcd-1", "etcd-2")).rejects.toThrow(/^at least one seat must be there/);
  await expect(give("etcd-7")).rejects.toThrow("epoch 2 has no etcd-7: etcd-0, etcd-1, etcd-2");
});

test("where nobody waits for it, nothing is approved", async () => {
  world.status("etcd-0", { at: ago(600) });
  await expect(give("etcd-1")).rejects.toThrow("no seat that must take part has spoken lately: there is no recovery to let go on");
  expect(world.take("approve/2")).toBeUndefined();
});

test("what was approved stays, and a seat that has come back since is not given up by it", async () => {
  await give("etcd-1");
  world.put("epoch", epoch({ joined: ["0", "7", "2"].map((letter, index) => ({ seat: `etcd-${index}`, disk: disk(letter) })) }));
  world.status("etcd-1", { phase: "wait", at: ago(3) });
  await give("etcd-2");
  expect(world.take("approve/2")).toMatchObject({
    absent: [
      { seat: "etcd-1", disk: disk("1") },
      { seat: "etcd-2", disk: disk("2") },
    ],
  });
  expect(lines).toContain("etcd-1 last spoke 3 s ago; it must take part");
});

test("a store that is away is said", async () => {
  world.faults.failure = { kind: "unavailable", reason: "503 SlowDown" };
  await expect(give("etcd-1")).rejects.toThrow("the epoch cannot be read: 503 SlowDown");
});
