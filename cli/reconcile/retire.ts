import { allowedFor, apply, planOf, type Healed, type Healing } from "./apply";
import type { Repair } from "./decide";
import { changes, refusals } from "./judge";
import { nextName } from "./shelf";

/**
 * Another volume in place of one that failed: that one is marked, taken out of the state and kept, and a blank one is made
 * under the next name. Looked at twice: before anything is moved, the plan without a new volume must be one that may be
 * applied; and then the plan that is.
 */
export async function retire(repair: Repair, healing: Healing): Promise<Healed> {
  const { terraform, shelf, stack, dryRun, mayBegin } = healing;
  const { member } = repair.seen;
  const { volume = "", volumeName } = member;
  const mayGo = member.machine !== undefined;
  const before = await planOf(terraform, repair, mayGo);
  const refused = refusals(before, allowedFor(repair, mayGo));
  if (refused.length > 0) return { kind: "refused", refusals: refused };
  // It is gone altogether by now: a blank one is all that is needed.
  if (changes(before).some(({ address }) => address === volume)) return apply(before, allowedFor(repair, mayGo), healing);
  const old = (await terraform.state()).find(({ address }) => address === volume)?.values;
  if (!old) return { kind: "failed", reason: `${volume} is not in the state` };
  const [type = "", name = ""] = volume.split(".");
  const first = String(stack.resource?.[type]?.[name]?.[volumeName ?? ""] ?? "");
  const own = String(old[volumeName ?? "id"]);
  const next = volumeName === undefined ? {} : { [volumeName]: nextName(own, first) };
  if (dryRun)
    return { kind: "healed", did: `would put ${own} aside, and make ${Object.values(next)[0] ?? "another one"}`, tookDown: false };
  const may = await mayBegin();
  if (may !== undefined) return { kind: "waits", reason: may };
  const aside = await shelf.putAside(old);
  if (aside.kind === "unknown") return { kind: "failed", reason: `${own} could not be put aside: ${aside.reason}` };
  terraform.override(volume, next);
  await terraform.forget(volume);
  const healed = await apply(await planOf(terraform, repair, mayGo), allowedFor(repair, mayGo), healing);
  if (healed.kind === "healed") return { ...healed, retired: own };
  // The next run makes what is missing; nothing was lost by then.
  return healed.kind === "failed"
    ? healed
    : { kind: "failed", reason: `${own} was put aside, and the next one not made: ${healed.kind}`, begun: true };
}
