import type { Plan } from "../../terraform/plan";
import { allowedFor, apply, planOf, type Healed, type Healing } from "./apply";
import type { Repair } from "./decide";
import { changes } from "./judge";
import { retire } from "./retire";

/** One repair, from its plan to its end. Nothing that is there goes before the whole plan was judged. */
export async function heal(repair: Repair, healing: Healing): Promise<Healed> {
  const { terraform } = healing;
  const { volume } = repair.seen.member;
  await keepName(repair, healing);
  if (repair.kind === "retire") return retire(repair, healing);
  const mayGo = repair.kind === "replace" || repair.kind === "volume";
  const plan = await planOf(terraform, repair, mayGo);
  if (repair.kind !== "start") return apply(plan, allowedFor(repair, mayGo), healing);
  if (!makes(plan, volume)) return start(repair, healing);
  // Its disk is gone too: a machine that is there would look for the one that it had.
  return apply(await planOf(terraform, repair, true), allowedFor(repair, true), healing);
}

/** The stack knows the seat's first volume alone by its name: a later one that is lost comes back under its own. */
async function keepName({ seen: { member } }: Repair, { terraform, stack }: Healing): Promise<void> {
  const { volume, volumeName } = member;
  if (volume === undefined || volumeName === undefined) return;
  const own = (await terraform.state()).find(({ address }) => address === volume)?.values[volumeName];
  const [type = "", name = ""] = volume.split(".");
  if (own !== undefined && own !== stack.resource?.[type]?.[name]?.[volumeName]) terraform.override(volume, { [volumeName]: own });
}

const makes = (plan: Plan, address?: string): boolean =>
  changes(plan).some((change) => change.address === address && change.change.actions.join() === "create");

async function start({ seen: { machine } }: Repair, { inventory, dryRun, mayBegin }: Healing): Promise<Healed> {
  if (!inventory || !machine) return { kind: "failed", reason: "nobody here starts machines" };
  if (dryRun) return { kind: "healed", did: `would start ${machine.uuid}`, tookDown: false };
  const may = await mayBegin();
  if (may !== undefined) return { kind: "waits", reason: may };
  const started = await inventory.start(machine.uuid);
  if (started.kind === "unknown") return { kind: "failed", reason: started.reason };
  return { kind: "healed", did: `started ${machine.uuid}`, tookDown: false };
}
