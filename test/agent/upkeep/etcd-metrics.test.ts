import { parseMetrics, readMetrics, type Fsyncs } from "../../../agent/upkeep/etcd-metrics";
import { diskPace } from "../../../agent/upkeep/slow-disk";
import { put, startMembers, withEtcd } from "./members";

const bounds = [0.001, 0.256, 0.512, 1.024, 2.048, 8.192];
/** So many writes that took at most each of the bounds, and some that took longer than all. */
const fsyncs = (counts: readonly number[], longer = 0): Fsyncs => {
  let sum = 0;
  const within = new Map(bounds.map((bound, index) => [bound, (sum += counts[index] ?? 0)]));
  return { all: sum + longer, within };
};
const none = fsyncs([]);

test.each<[string, Fsyncs, Fsyncs, ReturnType<typeof diskPace>]>([
  ["no write", none, none, undefined],
  ["started anew", fsyncs([1000]), fsyncs([10, 0, 0, 0, 10]), undefined],
  ["fast", none, fsyncs([1000]), { p99: 0.001, slow: false }],
  ["a hiccup of a busy disk", none, fsyncs([1000, 0, 0, 0, 5]), { p99: 0.001, slow: false }],
  ["two of a few", none, fsyncs([10, 0, 0, 0, 2]), { p99: 2.048, slow: false }],
  ["slow", none, fsyncs([900, 0, 0, 0, 100]), { p99: 2.048, slow: true }],
  ["almost a second is not", none, fsyncs([0, 0, 0, 100]), { p99: 1.024, slow: false }],
  ["slower than any bound", none, fsyncs([], 10), { p99: Infinity, slow: true }],
  ["slow since a moment ago", fsyncs([1000]), fsyncs([1000, 0, 0, 0, 100]), { p99: 2.048, slow: true }],
  ["only this window counts", fsyncs([0, 0, 0, 0, 500]), fsyncs([1000, 0, 0, 0, 500]), { p99: 0.001, slow: false }],
])("a disk: %s", (_name, before, after, pace) => {
  expect(diskPace(before, after)).toEqual(pace);
});

test("what etcd does not say is nothing, not a number", () => {
  expect(parseMetrics("")).toEqual({ compacted: 0, defragments: false, commits: 0, fsyncs: { all: 0, within: new Map() } });
  expect(parseMetrics("etcd_debugging_mvcc_compact_revision -1\netcd_disk_defrag_inflight 1\n")).toMatchObject({
    compacted: 0,
    defragments: true,
  });
});

withEtcd("the metrics of a real member", () => {
  test("hold what is read here, under these names", async () => {
    const cluster = await startMembers(1);
    try {
      const [member] = cluster.members;
      const url = `${member?.listener}/metrics`;
      for (let index = 0; index < 20; index += 1) await put(member?.endpoint ?? "", "/key", String(index));
      const before = await readMetrics(url);
      expect(before).toMatchObject({ compacted: 0, defragments: false });
      expect(before?.fsyncs.all).toBeGreaterThan(10);
      expect(before?.commits).toBeGreaterThan(0);
      expect([...(before?.fsyncs.within.keys() ?? [])]).toContain(1.024);
      expect(before?.fsyncs.within.get(8.192)).toBe(before?.fsyncs.all);
      await member?.client.compact(15);
      expect(await readMetrics(url)).toMatchObject({ compacted: 15 });
      expect(await readMetrics("http://127.0.0.1:1/metrics")).toBeUndefined();
    } finally {
      await cluster.stop();
    }
  }, 60_000);
});
