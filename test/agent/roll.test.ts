import type { Permit } from "../../constructs/spec/store";
import { lookAndRoll, type RollMemory, type RollMachine } from "../../agent/roll";
import { MemoryContents, MemoryStore } from "../../agent/store/memory";
import { Objects } from "../../agent/store/objects";
import { timing } from "../../agent/timing";

const now = Date.parse("2026-03-01T12:00:00Z");
const good = "a".repeat(64);
const until = new Date(now + 600_000).toISOString();

/** Whether the permit is still held after a look of a machine that has served for so many seconds. */
async function held(purpose: Permit["purpose"], healthyFor: number): Promise<boolean> {
  const contents = new MemoryContents();
  const objects = new Objects(new MemoryStore(() => now, contents), () => now);
  const permit: Permit = { holder: "master-1", purpose, reason: "reconcile", fence: 7, until };
  contents.put("permit", JSON.stringify(permit));
  contents.put("rollout/master", JSON.stringify({ good, state: "whole", done: [], fence: 1 }));
  const machine: RollMachine = {
    look: () =>
      Promise.resolve({
        ...{ runs: good, desired: good, fellBack: false, serves: healthyFor > 0, healthyFor, brokenFor: 0 },
        ...{ reports: new Map(), turn: false, oneWay: false, tierDownFor: 0 },
      }),
    plane: () => Promise.resolve({ unhealthy: [], serves: true, quorumWithout: true }),
    apply: () => Promise.resolve(),
  };
  const memory: RollMemory = {};
  await lookAndRoll({ name: "master-1", role: "master", objects, machine, times: timing }, memory);
  const after = JSON.parse(contents.objects.get("permit")?.body ?? "") as Permit;
  return Date.parse(after.until) > now;
}

it.each<[string, Permit["purpose"], number, boolean]>([
  ["keeps what it was made anew under until it is healthy", "give-up", timing.healthy - 1, true],
  ["then gives it back", "give-up", timing.healthy, false],
  ["keeps a permit to change the membership: that is the seat's own loop's", "replace-member", timing.healthy, true],
])("a machine %s", async (_, purpose, healthyFor, kept) => {
  expect(await held(purpose, healthyFor)).toBe(kept);
});
