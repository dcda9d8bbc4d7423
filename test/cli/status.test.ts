import { status } from "../../cli/status";
import { ago, digest, StoreWorld } from "./cluster";

const text = (world: StoreWorld) => status(world.cluster, { json: false });

test("a cluster that is whole, and one that is not, in one look", async () => {
  const world = new StoreWorld().whole();
  world
    .put("permit", { holder: "etcd-1", purpose: "replace-member", reason: "an empty disk", fence: 4, until: ago(-600) })
    .put("recovery", { round: 3, epoch: 1, openedBy: "etcd-0", state: "proceed", until: ago(5000) })
    .put("rollout/etcd", { good: digest("a"), state: "whole", done: [], fence: 1 })
    .put("rollout/master", {
      good: digest("a"),
      candidate: digest("b"),
      state: "rolling",
      done: ["master-0"],
      machine: "master-1",
      until: ago(-900),
      fence: 7,
    })
    .put("rollout/worker", "{ torn")
    .put("snapshots/2/900.json", { epoch: 2, revision: 900, sha256: digest("c"), bytes: 2 ** 21, takenAt: ago(240), verifiedAt: ago(230) })
    .put("snapshots/2/950.json", { epoch: 2, revision: 950, sha256: digest("d"), bytes: 2 ** 21, takenAt: ago(5) })
    .put("approve/2", { epoch: 2, absent: [{ seat: "etcd-2" }], by: "anna", at: ago(60) })
    .put("requests/seats/etcd-1", { seat: "etcd-1", want: "volume", machine: "i-1", reason: "it cannot be read", at: ago(300) })
    .put("requests/workers/i-7", { instance: "i-7", pool: "general", reason: "no kubelet for 15 minutes", at: ago(100) })
    .put("grants/workers/i-7", { instance: "i-7", by: "master-0", until: ago(-1700) })
    .put("desired/repair", {
      workersAtOncePercent: 10,
      windows: [],
      pausedUntil: ago(-7200),
      backup: { everyMinutes: 5, keepHours: 24, keepDays: 14 },
    })
    .status("etcd-1", { phase: "halt", healthy: false, message: "the disk is of cluster pear: detach it", at: ago(8) })
    .status("etcd-2", { at: ago(45 * 60 + 1) })
    .status("master-2", { at: ago(45 * 60 - 1) });
  world.contents.objects.delete("seats/master-1");
  expect(await text(world)).toMatchInlineSnapshot(`
   "orchard (orchard-aws), by its store coppice-orchard-111122223333-eu-central-1 at 2026-03-01 12:00:00Z

   epoch     2, running, etcd cluster 8e9e05c52164694d, joined: etcd-0 etcd-1 etcd-2
   recovery  round 3 of epoch 1: proceed, opened by etcd-0
   permit    etcd-1, to replace-member, until 2026-03-01 12:10:00Z: an empty disk
   approval  etcd-2 given up by anna 60 s ago
   snapshot  revision 900 of epoch 2, 2.0 MiB, taken 4 min ago, verified
   join      workers may join
   repair    paused until 2026-03-01 14:00:00Z

   roll-out  state                         good          candidate     now at
   etcd      whole                         aaaaaaaaaaaa  -             -
   master    rolling                       aaaaaaaaaaaa  bbbbbbbbbbbb  master-1 until 2026-03-01 12:15:00Z, done master-0
   worker    not readable: it is not JSON
   add-ons   none

   seat      phase        healthy  epoch  configuration  said        machine
   etcd-0    run          yes      2      aaaaaaaaaaaa   60 s ago    i-etcd-0
   etcd-1    halt         no       2      aaaaaaaaaaaa   8 s ago     i-etcd-1    the disk is of cluster pear: detach it
   etcd-2    unknown      -        2      aaaaaaaaaaaa   45 min ago  i-etcd-2    last: run
   master-0  run          yes      2      aaaaaaaaaaaa   60 s ago    i-master-0
   master-1  never spoke
   master-2  run          yes      2      aaaaaaaaaaaa   45 min ago  i-master-2

   requests
   etcd-1  wants a new volume, for 5 min: it cannot be read
   i-7     worker of general, asks to be replaced, for 100 s, granted until 2026-03-01 12:28:20Z: no kubelet for 15 minutes"
  `);
});

test("workers are named several at once, and counted when they are through", async () => {
  const done = Array.from({ length: 6 }, (_, index) => `i-${index}`);
  const rollout = { good: digest("a"), candidate: digest("b"), state: "rolling", done, wave: ["i-7", "i-8"], until: ago(-900), fence: 9 };
  const world = new StoreWorld().whole().put("rollout/worker", rollout);
  expect(await text(world)).toContain("i-7 i-8 until 2026-03-01 12:15:00Z, done 6 machines\n");
});

test("a program reads the same, and no token", async () => {
  const world = new StoreWorld().whole();
  const json = await status(world.cluster, { json: true });
  expect(JSON.parse(json)).toMatchObject({
    at: ago(0),
    epoch: { kind: "found", value: { number: 2 } },
    recovery: { kind: "absent" },
    snapshot: "none",
    join: "there",
    seats: [{ seat: "etcd-0", age: 60, stale: false, status: { kind: "found", value: { phase: "run" } } }, {}, {}, {}, {}, {}],
  });
  expect(json).not.toContain("0123456789abcdef");
});

test("a store that does not answer is said in one line", async () => {
  const world = new StoreWorld().whole();
  world.faults.failure = { kind: "forbidden", reason: "403 AccessDenied" };
  await expect(text(world)).rejects.toThrow("the store coppice-orchard-111122223333-eu-central-1 does not answer: 403 AccessDenied");
});
