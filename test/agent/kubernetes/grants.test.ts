import fc from "fast-check";
import { decideGrants, type GrantView } from "../../../agent/kubernetes/grants";

const minute = 60_000;
const now = 100 * minute;
const view = (more: Partial<GrantView> = {}): GrantView => ({
  requests: [],
  granted: new Map(),
  workers: 30,
  repair: { workersAtOncePercent: 10 },
  now,
  grantMs: 30 * minute,
  ...more,
});
const ask = (instance: string, ago = 1, machine: "runs" | "gone" | "unknown" = "runs") => ({ instance, at: now - ago * minute, machine });

test("a tenth at once, the oldest first, and at least one", () => {
  const requests = [ask("a", 1), ask("b", 3), ask("c", 2), ask("d", 4), ask("e", 5)];
  expect(decideGrants(view({ requests })).grant).toEqual(["e", "d", "b"]);
  expect(decideGrants(view({ requests, workers: 2 })).grant).toEqual(["e"]);
  expect(decideGrants(view({ requests, workers: 0 })).grant).toEqual(["e"]);
  const granted = new Map([["e", now + minute]]);
  expect(decideGrants(view({ requests, granted }))).toEqual({ grant: ["d", "b"], forget: [] });
});

test("a grant ends with its machine or its time, and makes room", () => {
  const requests = [ask("a", 9, "gone"), ask("b", 8), ask("c", 7)];
  const granted = new Map([
    ["a", now + minute],
    ["b", now],
    ["x", now - 1],
  ]);
  expect(decideGrants(view({ requests, granted, workers: 1 }))).toEqual({ grant: ["c"], forget: ["a", "b", "x"] });
});

test("a request of half an hour ago is forgotten, and a machine that the cloud does not speak of waits", () => {
  expect(decideGrants(view({ requests: [ask("a", 30), ask("b", 29, "unknown")] }))).toEqual({ grant: [], forget: ["a"] });
});

test("a pause grants nothing, and ends by itself", () => {
  const paused = (at: number) => ({ workersAtOncePercent: 10, pausedUntil: new Date(at).toISOString() });
  expect(decideGrants(view({ requests: [ask("a")], repair: paused(now + 1) })).grant).toEqual([]);
  expect(decideGrants(view({ requests: [ask("a")], repair: paused(now) })).grant).toEqual(["a"]);
});

test("never more than the share, whatever is asked and granted", () => {
  const name = fc.constantFrom("a", "b", "c", "d", "e", "f");
  const request = fc.record({
    instance: name,
    at: fc.integer({ min: 0, max: now }),
    machine: fc.constantFrom("runs", "gone", "unknown" as const),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(request, { selector: ({ instance }) => instance }),
      fc.dictionary(name, fc.integer({ min: 0, max: 2 * now })),
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 1, max: 50 }),
      (requests, granted, workers, workersAtOncePercent) => {
        const before = new Map(Object.entries(granted));
        const { grant, forget } = decideGrants(
          view({ requests: requests as GrantView["requests"], granted: before, workers, repair: { workersAtOncePercent } }),
        );
        const kept = [...before.keys()].filter((instance) => !forget.includes(instance));
        const limit = Math.max(1, Math.floor((workers * workersAtOncePercent) / 100));
        expect(kept.length + grant.length <= Math.max(limit, kept.length)).toBe(true);
        expect(grant.filter((instance) => kept.includes(instance) || forget.includes(instance))).toEqual([]);
      },
    ),
  );
});
