import type { Action } from "../../agent/actions";
import { decide } from "../../agent/decide";
import type { Observation } from "../../agent/observation";
import { data, empty, epoch, found, marker, otherToken, seen, statuses, valid } from "./observed";

export const snapshot = {
  epoch: 3,
  revision: 80,
  sha256: "5".repeat(64),
  bytes: 1000,
  takenAt: "2026-01-01T00:00:00Z",
  verifiedAt: "2026-01-01T00:00:00Z",
};
export const formatted = (more: object): Observation["disk"] => ({ volume: "formatted", marker, data, ...more }) as Observation["disk"];
export const other = { number: 4, token: otherToken };
export const bootstrapping = found({ ...epoch, state: "bootstrapping" as const, joined: [] });
export const restoring = found({
  ...epoch,
  state: "restoring" as const,
  joined: [],
  restore: { snapshot: "s", sha256: "5".repeat(64), bytes: 1e9, bumpRevision: 1 },
});
export const lost2 = statuses([empty, valid(1), empty]);

export type Row = readonly [name: string, different: Partial<Observation>, action: Action["kind"] | Partial<Action>];

export function table(rows: readonly Row[]): void {
  test.each(rows)("%s", (_name, different, action) => {
    expect(decide(seen(different))).toMatchObject(typeof action === "string" ? { kind: action } : action);
  });
}
