import { isOpen } from "../../agent/windows";

// 2026-11-21 is a Saturday.
const at = (text: string): number => Date.parse(`${text}:00Z`);
const saturdays = [{ days: ["sat"], from: "22:30", hours: 4 }];

test.each([
  ["without windows, always", [], "2026-11-19T12:00", true],
  ["before it", saturdays, "2026-11-21T22:29", false],
  ["from its first minute", saturdays, "2026-11-21T22:30", true],
  ["into the next day", saturdays, "2026-11-22T02:29", true],
  ["but no longer", saturdays, "2026-11-22T02:30", false],
  ["on no other day", saturdays, "2026-11-20T23:00", false],
  ["in one of two", [...saturdays, { days: ["mon", "thu"], from: "08:00", hours: 6 }], "2026-11-19T13:59", true],
  ["a whole day", [{ days: ["thu"], from: "00:00", hours: 24 }], "2026-11-19T23:59", true],
])("%s", (_, windows, now, open) => {
  expect(isOpen({ windows }, at(now))).toBe(open);
});

test("a pause holds everything back, and ends by itself", () => {
  const pausedUntil = "2026-11-21T12:00:00Z";
  expect(isOpen({ windows: [], pausedUntil }, at("2026-11-21T11:59"))).toBe(false);
  expect(isOpen({ windows: [], pausedUntil }, at("2026-11-21T12:00"))).toBe(true);
});
