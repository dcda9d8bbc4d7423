import { readRollout, saveRollout } from "../agent/rollout";
import { keys } from "../agent/store/keys";
import type { Role } from "../constructs/spec/roles";
import type { Cluster } from "./cluster";

/**
 * Lets a roll-out that has failed go on with the same candidate. What was through stays through; the next machine is named as
 * ever, under the permit. @returns what was written, in a sentence
 * @throws Error when nothing has failed, something else is wanted by now, or the store fails
 */
export async function retry({ objects }: Cluster, role: Role): Promise<string> {
  const key = keys.rollout(role);
  const before = await readRollout(objects, role);
  if (before.kind !== "found") throw new Error(`${key}: ${before.kind === "absent" ? "there is no roll-out" : before.reason}`);
  const { state, candidate, good, done, emergency, fence } = before.value;
  if (state !== "failed" || candidate === undefined) {
    const passed = state === "rolling" && before.value.until !== undefined && Date.parse(before.value.until) <= before.now;
    const wait = passed
      ? "its time has passed, and a machine will say so within a minute: run it again then"
      : "there is nothing to try again";
    throw new Error(`${key} is ${state}: ${wait}`);
  }
  const next = { good, candidate, state: "rolling", done, emergency, fence: fence + 1 } as const;
  const saved = await saveRollout(objects, role, before, next);
  if (saved.kind !== "written")
    throw new Error(`${key}: ${saved.kind === "conflict" ? "a machine wrote it meanwhile; run it again" : saved.reason}`);
  return `${key}: ${candidate.slice(0, 12)} is tried again${done.length > 0 ? `; through already: ${done.join(" ")}` : ""}`;
}
