import type { Known } from "../../agent/cloud/cloud";
import type { Plan } from "../../terraform/plan";
import type { Repair } from "./decide";
import type { Inventory } from "./inventory";
import { changes, refusals, type Allowed, type Refusal } from "./judge";
import type { Provisioner } from "./terraform";

export interface Healing {
  readonly terraform: Provisioner;
  readonly inventory?: Inventory;
  /** Puts the volume of a seat aside that failed, and names the next one. */
  readonly retire?: (repair: Repair) => Promise<Known<Retired>>;
  /** Shows what would be done, and does nothing. */
  readonly dryRun: boolean;
  /** Asked for at the last moment, when everything else is known: whether the permit still holds. */
  readonly mayBegin: () => Promise<string | undefined>;
}

/** What was put aside. */
export interface Retired {
  readonly volume: string;
  /** Arguments of the volume after it, which stand over those of the stack. */
  readonly next: Readonly<Record<string, unknown>>;
}

export type Healed =
  | { readonly kind: "healed"; readonly did: string; readonly madeAnew?: true; readonly tookDown: boolean; readonly retired?: string }
  | { readonly kind: "refused"; readonly refusals: readonly Refusal[] }
  | { readonly kind: "waits"; readonly reason: string }
  /** `begun`: something may have been taken down by then. */
  | { readonly kind: "failed"; readonly reason: string; readonly begun?: true };

/** One repair, from its plan to its end. Nothing that is there goes before the whole plan was judged. */
export async function heal(repair: Repair, healing: Healing): Promise<Healed> {
  const { terraform, dryRun } = healing;
  const { machine, volume } = repair.seen.member;
  if (repair.kind === "retire") return heal(repair, healing);
  let mayGo = repair.kind === "replace" || repair.kind === "volume";
  let plan = await planOf(terraform, repair, mayGo);
  // Its disk is gone too: a machine that is there would look for the one that it had.
  if (repair.kind === "start" && makes(plan, volume)) {
    mayGo = true;
    plan = await planOf(terraform, repair, mayGo);
  } else if (repair.kind === "start") {
    return start(repair, healing);
  }
  const allowed: Allowed = {
    ...(machine !== undefined && { machine: { address: machine, mayGo } }),
    ...(volume !== undefined && { volume }),
  };
  const refused = refusals(plan, allowed);
  if (refused.length > 0) return { kind: "refused", refusals: refused };
  const planned = changes(plan);
  if (planned.length === 0) return { kind: "waits", reason: "Terraform finds nothing to make: what it is tied to is there" };
  const did = planned.map(({ address, change }) => `${address}: ${change.actions.join(", then ")}`).join("; ");
  if (dryRun) return { kind: "healed", did: `would ${did}`, tookDown: false };
  const may = await healing.mayBegin();
  if (may !== undefined) return { kind: "waits", reason: may };
  try {
    await terraform.apply();
  } catch (reason) {
    return { kind: "failed", reason: said(reason), begun: true };
  }
  return { kind: "healed", did, madeAnew: true, tookDown: planned.some(({ change }) => change.actions.includes("delete")) };
}

function planOf(terraform: Provisioner, { seen: { member } }: Repair, mayGo: boolean): Promise<Plan> {
  // A machine brings its volume with it, which it is made of.
  const { machine, volume } = member;
  const targets = [machine ?? volume ?? ""];
  return terraform.plan(targets, mayGo && machine !== undefined ? [machine] : []);
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

export const said = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));
