import fc from "fast-check";
import { newest, orphans, toDelete, type Retention } from "../../../agent/upkeep/retention";
import type { SnapshotRecord } from "../../../constructs/spec/store";

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.parse("2030-06-15T13:37:00.000Z");

interface Taken {
  readonly age: number;
  readonly verified: boolean;
  readonly raised: boolean;
}

/** Snapshots of one cluster, oldest first: revisions grow with time, and now and then the epoch. */
function history(taken: readonly Taken[]): SnapshotRecord[] {
  let epoch = 1;
  return [...taken]
    .sort((a, b) => b.age - a.age)
    .map(({ age, verified, raised }, index) => {
      if (raised) epoch += 1;
      const at = new Date(now - age).toISOString();
      return { epoch, revision: index + 1, sha256: "0".repeat(64), bytes: 1, takenAt: at, ...(verified ? { verifiedAt: at } : {}) };
    });
}

const records = fc
  .array(
    fc.record({
      age: fc.integer({ min: 0, max: 50 * day }),
      verified: fc.boolean(),
      raised: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
    { maxLength: 80 },
  )
  .map(history);
const policies = fc.record({ keepHours: fc.integer({ min: 1, max: 168 }), keepDays: fc.integer({ min: 1, max: 40 }) });
const ageOf = ({ takenAt }: SnapshotRecord, at = now): number => at - Date.parse(takenAt);
const dayOf = ({ takenAt }: SnapshotRecord): string => takenAt.slice(0, 10);
const kept = (all: readonly SnapshotRecord[], policy: Retention, at = now): SnapshotRecord[] => {
  const gone = toDelete(all, policy, at);
  return all.filter((one) => !gone.includes(one));
};

test("nothing of the last hours is deleted", () => {
  fc.assert(
    fc.property(records, policies, (all, policy) => {
      expect(toDelete(all, policy, now).filter((one) => ageOf(one) <= policy.keepHours * hour)).toEqual([]);
    }),
  );
});

test("every day that had one still has one, the newest verified if any was", () => {
  fc.assert(
    fc.property(records, policies, (all, policy) => {
      const left = kept(all, policy);
      for (const one of all.filter((record) => ageOf(record) <= policy.keepDays * day - day)) {
        const [before, after] = [all, left].map((some) => some.filter((other) => other.epoch === one.epoch && dayOf(other) === dayOf(one)));
        const best = newest(before?.filter(({ verifiedAt }) => verifiedAt) ?? []) ?? newest(before ?? []);
        expect(after).toContain(best);
      }
    }),
  );
});

test("the newest verified one of the last two epochs that have one stays, however old", () => {
  fc.assert(
    fc.property(records, policies, fc.integer({ min: 0, max: 400 * day }), (all, policy, later) => {
      const left = kept(all, policy, now + later);
      const verified = all.filter(({ verifiedAt }) => verifiedAt);
      for (const epoch of [...new Set(verified.map((one) => one.epoch))].sort((a, b) => b - a).slice(0, 2)) {
        expect(left).toContain(newest(verified.filter((one) => one.epoch === epoch)));
      }
    }),
  );
});

test("what is kept is bounded by the policy, not by the age of the cluster", () => {
  fc.assert(
    fc.property(records, policies, (all, policy) => {
      const left = kept(all, policy);
      const epochs = new Set(all.map(({ epoch }) => epoch)).size;
      const older = left.filter((one) => ageOf(one) > policy.keepHours * hour);
      expect(older.length).toBeLessThanOrEqual(policy.keepDays + epochs + 2);
      expect(older.filter((one) => ageOf(one) > policy.keepDays * day).length).toBeLessThanOrEqual(2);
    }),
  );
});

test("to prune every hour or once comes to the same", () => {
  fc.assert(
    fc.property(records, policies, fc.integer({ min: 1, max: 60 }), (all, policy, hours) => {
      let hourly = all;
      for (let at = now; at <= now + hours * hour; at += hour) hourly = kept(hourly, policy, at);
      expect(hourly).toEqual(kept(all, policy, now + hours * hour));
    }),
    { numRuns: 30 },
  );
});

test("a table of a day", () => {
  const all = history([0, 1, 2, 3, 13, 14, 30, 31, 55].map((hours) => ({ age: hours * hour, verified: true, raised: false })));
  const ages = (some: readonly SnapshotRecord[]) => some.map((one) => ageOf(one) / hour);
  expect(ages(toDelete(all, { keepHours: 2, keepDays: 2 }, now))).toEqual([55, 31, 30, 13, 3]);
});

test("orphans are data without a record, and only when a later snapshot is older than a day", () => {
  const [older, old, young] = history([26, 25, 1].map((hours) => ({ age: hours * hour, verified: true, raised: false }))).map(
    (record, index) => ({ ...record, revision: [50, 100, 200][index] ?? 0 }),
  );
  const at = (epoch: number, revision: number) => ({ epoch, revision });
  const data = [at(1, 50), at(1, 99), at(1, 100), at(1, 150), at(1, 200), at(2, 1)];
  expect(
    orphans(
      data,
      [older, old, young].flatMap((one) => one ?? []),
      now,
    ),
  ).toEqual([at(1, 99)]);
  expect(orphans(data, young ? [young] : [], now)).toEqual([]);
});
