import fc from "fast-check";
import { steadyMs, wantsAddress, yieldMs, type Seen, type Sight } from "../../../agent/api-address/holder";

const steady: Sight = { ready: true, readyMs: steadyMs };
const fresh: Sight = { ready: true, readyMs: 1_000 };
const down: Sight = { ready: false, readyMs: 0 };
const seen = (masters: readonly Sight[], own: number, more: Partial<Seen> = {}): Seen => ({
  masters,
  own,
  holds: false,
  answered: false,
  ...more,
});

test.each<[string, readonly Sight[], readonly boolean[]]>([
  ["the first of those that are steady", [steady, steady, steady], [true, false, false]],
  ["the next one, where the first is down", [down, steady, steady], [false, true, false]],
  ["none that has just come back", [fresh, steady, steady], [false, true, false]],
  ["the only one", [down, down, steady], [false, false, true]],
])("%s has the address", (_, masters, wanted) => {
  expect(masters.map((_, own) => wantsAddress(seen(masters, own)))).toEqual(wanted);
});

test("at the first start the first that is ready takes it, and keeps it while others come", () => {
  expect(wantsAddress(seen([down, fresh, down], 1))).toBe(true);
  expect(wantsAddress(seen([fresh, fresh, down], 1, { holds: true }))).toBe(true);
  expect(wantsAddress(seen([fresh, fresh, down], 0, { answered: true }))).toBe(false);
});

test("of two that took it at once, the later one in the order lets go, and the first keeps it", () => {
  const seenFor: Sight = { ready: true, readyMs: yieldMs };
  expect(wantsAddress(seen([seenFor, seenFor, down], 1, { holds: true, answered: true }))).toBe(false);
  expect(wantsAddress(seen([seenFor, seenFor, down], 0, { holds: true, answered: true }))).toBe(true);
});

test("a program that starts again beside an API server that runs keeps what it has, and takes nothing from others", () => {
  expect(wantsAddress(seen([fresh, fresh, fresh], 0, { holds: true, answered: true }))).toBe(true);
  expect(wantsAddress(seen([fresh, fresh, fresh], 2, { answered: true }))).toBe(false);
});

test("with no ready master it stays where it is", () => {
  expect(wantsAddress(seen([down, down, down], 1, { holds: true }))).toBe(true);
  expect(wantsAddress(seen([down, down, down], 0))).toBe(false);
});

test("a master that is not ready lets go as soon as another one is", () => {
  expect(wantsAddress(seen([down, fresh], 0, { holds: true }))).toBe(false);
});

const sight = fc.record({ ready: fc.boolean(), readyMs: fc.integer({ min: 0, max: 3 * steadyMs }) });
const view = fc.record({ masters: fc.array(sight, { minLength: 1, maxLength: 5 }), holder: fc.nat(4), answered: fc.boolean() });

test("of masters that see the same, at most one has the address after a round, and one does where one is steady", () => {
  fc.assert(
    fc.property(view, ({ masters, holder, answered }) => {
      // Nobody holds it where `holder` is none of them; who answers at the address, holds it.
      const one = (own: number): boolean =>
        wantsAddress({ masters, own, holds: own === holder, answered: answered && holder < masters.length });
      const after = masters.filter((_, own) => one(own)).length;
      const isSteady = masters.some(({ ready, readyMs }) => ready && readyMs >= steadyMs);
      if (isSteady) expect(after).toBe(1);
      const heard = holder >= masters.length || answered || masters[holder]?.ready !== true;
      if (heard) expect(after).toBeLessThanOrEqual(1);
    }),
    { numRuns: 2000 },
  );
});
