import { alarmed } from "../../../agent/upkeep/make-room";
import { nextCompactions, overdueRevision } from "../../../agent/upkeep/overdue";
import { roomStep, type RoomView } from "../../../agent/upkeep/room";
import { upkeepTimes } from "../../../agent/upkeep/times";

const MiB = 2 ** 20;
const quiet: RoomView = {
  dbSize: 500 * MiB,
  dbSizeInUse: 400 * MiB,
  dbSizeQuota: 1000 * MiB,
  self: "a",
  leads: false,
  revision: 9000,
  full: [],
};
const rest = { kind: "rest" };
const full = { full: ["a"], dbSize: 1000 * MiB, dbSizeInUse: 1000 * MiB, members: ["a", "b", "c"] };
const compacted = { ...full, compactedAgo: 10, forgotten: true };

test.each<[string, Partial<RoomView>, object]>([
  ["half full", {}, rest],
  ["large, and all of it in use", { dbSize: 850 * MiB, dbSizeInUse: 840 * MiB }, rest],
  ["large, and partly free", { dbSize: 850 * MiB, dbSizeInUse: 700 * MiB }, { kind: "defragment", why: "defragment" }],
  ["mostly free", { dbSize: 300 * MiB, dbSizeInUse: 140 * MiB }, { kind: "defragment", why: "defragment" }],
  ["mostly free, and small", { dbSize: 90 * MiB, dbSizeInUse: 10 * MiB }, rest],
  ["not again so soon", { dbSize: 300 * MiB, dbSizeInUse: 140 * MiB, defragmentedAgo: 1800 }, rest],
  ["again later", { dbSize: 300 * MiB, dbSizeInUse: 140 * MiB, defragmentedAgo: 1801 }, { kind: "defragment" }],
  ["the leader, when others need it too", { dbSize: 850 * MiB, dbSizeInUse: 700 * MiB, leads: true, othersFor: 9 }, { kind: "wait" }],
  [
    "the leader, when they do not get on",
    { dbSize: 850 * MiB, dbSizeInUse: 700 * MiB, leads: true, othersFor: 301 },
    { kind: "defragment" },
  ],
  ["no compaction, and room", { leads: true, overdue: 8000 }, rest],
  [
    "no compaction, and little room",
    { leads: true, overdue: 8000, dbSize: 850 * MiB, dbSizeInUse: 840 * MiB },
    { kind: "compact", revision: 8000 },
  ],
  ["that is for the leader to do", { overdue: 8000, dbSize: 850 * MiB, dbSizeInUse: 840 * MiB }, rest],
  ["full: all that was overwritten is forgotten", full, { kind: "compact", revision: 9000 }],
  ["full, and partly free", { ...compacted, dbSizeInUse: 980 * MiB }, { kind: "defragment", why: "nospace" }],
  ["full, and tried a moment ago", { ...compacted, dbSizeInUse: 980 * MiB, defragmentedAgo: 30 }, rest],
  ["full, and the leader", { ...compacted, dbSizeInUse: 980 * MiB, leads: true, othersFor: 9 }, { kind: "wait" }],
  ["full, and then not any more", { ...compacted, dbSize: 300 * MiB, dbSizeInUse: 290 * MiB }, { kind: "disarm", member: "a" }],
  ["full, and what is free is not counted yet", compacted, { kind: "defragment", why: "nospace" }],
  ["full, and somebody has deleted since", { ...compacted, defragmentedAgo: 301 }, { kind: "defragment", why: "nospace" }],
  ["full, and not known to be less so", { ...compacted, defragmentedAgo: 300 }, { kind: "full" }],
  ["full of keys in use", { ...compacted, defragmentedAgo: 9000, forgotten: false }, { kind: "full" }],
  [
    "another one is full: this one makes its room too",
    { ...compacted, full: ["b"], dbSizeInUse: 980 * MiB },
    { kind: "defragment", why: "nospace" },
  ],
  ["another one is full: its alarm is its own", { ...compacted, full: ["b"], dbSize: 300 * MiB, dbSizeInUse: 290 * MiB }, rest],
  ["one that is gone was full", { ...compacted, full: ["d"], dbSize: 300 * MiB, dbSizeInUse: 290 * MiB }, { kind: "disarm", member: "d" }],
  ["who is gone is not known", { full: ["d"], dbSize: 300 * MiB, dbSizeInUse: 290 * MiB, compactedAgo: 10 }, rest],
])("%s", (_name, change, step) => {
  expect(roomStep({ ...quiet, ...change }, upkeepTimes)).toMatchObject(step);
});

test("a compaction is overdue when none was seen for longer than API servers take, and only up to what was the newest then", () => {
  let seen = nextCompactions(undefined, 100, 500, 0);
  seen = nextCompactions(seen, 100, 9000, 800_000);
  expect(overdueRevision(seen, 900, 900_000)).toBeUndefined();
  expect(overdueRevision(seen, 900, 900_001)).toBe(500);
  seen = nextCompactions(seen, 500, 9100, 901_000);
  expect(overdueRevision(seen, 900, 1_700_000)).toBeUndefined();
  expect(overdueRevision(nextCompactions(undefined, 500, 500, 0), 900, 1e9)).toBeUndefined();
});

test("alarms are read as etcd writes them", () => {
  const errors = ["etcdserver: no leader", "memberID:10 alarm:NOSPACE ", "memberID:18446744073709551615 alarm:CORRUPT "];
  expect(alarmed({ errors }, "NOSPACE")).toEqual(["a"]);
  expect(alarmed({ errors }, "CORRUPT")).toEqual(["ffffffffffffffff"]);
});
