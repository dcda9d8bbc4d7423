import { missingText, seconds, wait } from "../../cli/wait";
import { missing } from "../../cli/wait-missing";
import { readState } from "../../cli/status-state";
import type { SeatStatus } from "../../constructs/spec/store";
import { ago, epoch, seats, StoreWorld } from "./cluster";

const whats = async ({ cluster }: StoreWorld) => missing(cluster, await readState(cluster)).map(({ what }) => what);

test("nothing is missing from a cluster that is whole", async () => {
  expect(await whats(new StoreWorld().whole())).toEqual([]);
});

describe("a seat", () => {
  test.each<[string, Partial<SeatStatus>, string]>([
    ["starts", { phase: "rejoin", healthy: false, at: ago(3) }, "etcd-1 is not there yet: rejoin"],
    ["is no healthy voter", { healthy: false }, "etcd-1 is not there yet: run"],
    ["halts", { phase: "halt", healthy: false, message: "detach it", at: ago(3) }, "etcd-1 halts: detach it"],
    ["waited and went silent", { phase: "wait", message: "no quorum", at: ago(300) }, "etcd-1 last spoke 5 min ago: wait, no quorum"],
    ["ran and went silent", { at: ago(46 * 60) }, "etcd-1 last spoke 46 min ago: run"],
    ["still runs what was given up", { epoch: 1 }, "etcd-1 still runs epoch 1"],
  ])("that %s is missing", async (_, changes, what) => {
    expect(await whats(new StoreWorld().whole().status("etcd-1", changes))).toEqual([what]);
  });

  test("that never spoke is missing, and one whose volume is asked for is named by that", async () => {
    const world = new StoreWorld().whole();
    world.contents.objects.delete("seats/master-1");
    world.put("requests/seats/etcd-0", { seat: "etcd-0", want: "volume", machine: "i-1", reason: "it cannot be read", at: ago(60) });
    expect(await whats(world)).toEqual(["etcd-0 wants a new volume: it cannot be read", "master-1 never spoke"]);
  });
});

describe("the cluster", () => {
  test("that still begins is not whole", async () => {
    const world = new StoreWorld().whole().put("epoch", epoch({ state: "bootstrapping", joined: [] }));
    world.contents.objects.delete("join/worker");
    expect(await whats(world)).toEqual([
      "epoch 2 is bootstrapping",
      "etcd-0 etcd-1 etcd-2 never joined epoch 2",
      "workers cannot join yet",
    ]);
  });

  test("that votes on its epoch is not whole, and one that voted on the last is", async () => {
    const round = { round: 4, epoch: 2, openedBy: "etcd-0", state: "open", until: ago(-60) };
    expect(await whats(new StoreWorld().whole().put("recovery", round))).toEqual(["round 4 on giving up epoch 2 is open"]);
    expect(await whats(new StoreWorld().whole().put("recovery", { ...round, epoch: 1 }))).toEqual([]);
  });

  test("that nobody applied, that has just begun, and whose store was emptied are told apart", async () => {
    const thenOf = async ({ cluster }: StoreWorld) => missing(cluster, await readState(cluster))[0]?.then;
    const repair = { workersAtOncePercent: 10, windows: [], backup: { everyMinutes: 5, keepHours: 24, keepDays: 14 } };
    expect(await thenOf(new StoreWorld())).toBe("nothing was applied yet: npx cdktf deploy orchard-aws");
    expect(await thenOf(new StoreWorld().put("desired/repair", repair))).toMatch(/^the first machine of an etcd seat makes it/);
    expect(await thenOf(new StoreWorld().put("desired/repair", repair).status("etcd-0"))).toMatch(/npx coppice rebuild-store$/);
  });

  test("whose store is away, or torn, is named by that alone", async () => {
    const world = new StoreWorld().whole();
    world.faults.failure = { kind: "unavailable", reason: "503 SlowDown" };
    expect(await whats(world)).toEqual(["the store does not answer: 503 SlowDown"]);
    expect(await whats(new StoreWorld().whole().put("epoch", "{}"))).toEqual([
      "the epoch is not readable: cluster: Invalid input: expected string, received undefined",
    ]);
  });
});

describe("waiting", () => {
  const options = (lines: string[]) => ({ timeoutSeconds: 0.2, everySeconds: 0.02, say: (line: string) => void lines.push(line) });

  test("ends as soon as the cluster is whole", async () => {
    const world = new StoreWorld().whole().status("etcd-1", { phase: "replace", healthy: false, at: ago(2) });
    const lines: string[] = [];
    setTimeout(() => world.status("etcd-1"), 50);
    expect(await wait(world.cluster, options(lines))).toEqual([]);
    expect(lines[0]).toBe("0 s: etcd-1 is not there yet: replace");
    expect(lines.at(-1)).toBe("orchard is whole, after 0 s");
  });

  test("ends with what is missing, and what a person can do", async () => {
    const world = new StoreWorld().whole();
    for (const seat of seats.slice(0, 2)) world.contents.objects.delete(`seats/${seat}`);
    const lacks = await wait(world.cluster, options([]));
    expect(missingText(lacks)).toBe(
      [
        "not whole:",
        "  etcd-0 never spoke  look at the group orchard-etcd-0 and at its machine's console",
        "  etcd-1 never spoke  look at the group orchard-etcd-1 and at its machine's console",
      ].join("\n"),
    );
  });

  test("knows durations", () => {
    expect(["90s", "30m", "2h"].map(seconds)).toEqual([90, 1800, 7200]);
    expect(() => seconds("1d")).toThrow('"1d" is no duration, such as 90s, 30m or 2h');
  });
});
