import type { Plan } from "../../terraform/plan";
import type { Synthesized } from "../../terraform/synthesized";
import type { Repair } from "./decide";
import type { Inventory } from "./inventory";
import { changes, refusals, type Allowed, type Refusal } from "./judge";
import type { Shelf } from "./shelf";
import type { Provisioner } from "./terraform";

export interface Healing {
  readonly terraform: Provisioner;
  readonly stack: Synthesized;
  readonly inventory?: Inventory;
  readonly shelf: Shelf;
  /** Shows what would be done, and does nothing. */
  readonly dryRun: boolean;
  /** Asked for at the last moment, when everything else is known: why the permit does not hold. */
  readonly mayBegin: () => Promise<string | undefined>;
}

export type Healed =
  | {
      readonly kind: "healed";
      readonly did: string;
      readonly madeAnew?: true;
      readonly tookDown: boolean;
      /** The volume that was put aside. */
      readonly retired?: string;
    }
  | { readonly kind: "refused"; readonly refusals: readonly Refusal[] }
  | { readonly kind: "waits"; readonly reason: string }
  /** `begun`: something may have been taken down by then. */
  | { readonly kind: "failed"; readonly reason: string; readonly begun?: true };

/** Judges what was planned last, and applies it. */
export async function apply(plan: Plan, allowed: Allowed, { terraform, dryRun, mayBegin }: Healing): Promise<Healed> {
  const refused = refusals(plan, allowed);
  if (refused.length > 0) return { kind: "refused", refusals: refused };
  const planned = changes(plan);
  if (planned.length === 0) return { kind: "waits", reason: "Terraform finds nothing to make: what is missed is there" };
  const did = planned.map(({ address, change }) => `${address}: ${change.actions.join(", then ")}`).join("; ");
  if (dryRun) return { kind: "healed", did: `would ${did}`, tookDown: false };
  const may = await mayBegin();
  if (may !== undefined) return { kind: "waits", reason: may };
  try {
    await terraform.apply();
  } catch (reason) {
    return { kind: "failed", reason: said(reason), begun: true };
  }
  return { kind: "healed", did, madeAnew: true, tookDown: planned.some(({ change }) => change.actions.includes("delete")) };
}

/** A machine brings its volume with it, which it is made of. */
export function planOf(terraform: Provisioner, { seen: { member } }: Repair, mayGo: boolean): Promise<Plan> {
  const { machine, volume = "", attachment } = member;
  const targets = machine === undefined ? [volume, ...(attachment === undefined ? [] : [attachment])] : [machine];
  return terraform.plan(targets, mayGo && machine !== undefined ? [machine] : []);
}

export function allowedFor({ seen: { member } }: Repair, mayGo: boolean): Allowed {
  const { machine, volume, attachment } = member;
  return {
    ...(machine !== undefined && { machine: { address: machine, mayGo } }),
    ...(volume !== undefined && { volume }),
    ...(attachment !== undefined && { attachment }),
  };
}

export const said = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));
