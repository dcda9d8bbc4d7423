import { isDeepStrictEqual } from "node:util";
import type { Plan, ResourceChange } from "../terraform/plan";
import type { AllowedDifference } from "./allowed-differences";

export interface Difference {
  readonly address: string;
  readonly type: string;
  readonly actions: string;
  /** Top-level arguments; empty where the whole resource comes or goes. */
  readonly attributes: readonly string[];
}

export function differences(plan: Plan): Difference[] {
  const resources = (plan.resource_changes ?? [])
    .filter(({ mode, change }) => mode === "managed" && !isDeepStrictEqual(change.actions, ["no-op"]))
    .map(({ address, type, change }) => ({ address, type, actions: change.actions.join("+"), attributes: changed(change) }));
  const outputs = Object.entries(plan.output_changes ?? {})
    .filter(([, { actions }]) => !isDeepStrictEqual(actions, ["no-op"]))
    .map(([name, { actions }]) => ({ address: `output.${name}`, type: "output", actions: actions.join("+"), attributes: [] }));
  return [...resources, ...outputs];
}

function changed({ before, after, after_unknown: unknown }: ResourceChange["change"]): string[] {
  if (!before || !after) return [];
  const keys = new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(unknown)]);
  return [...keys].filter((key) => hasUnknown(unknown[key]) || !isDeepStrictEqual(before[key], after[key])).sort();
}

function hasUnknown(value: unknown): boolean {
  return value === true || (typeof value === "object" && value !== null && Object.values(value).some(hasUnknown));
}

/** What remains after the allow-list; a difference passes only if each of its arguments is on it. */
export function notAllowed(found: readonly Difference[], allowed: readonly AllowedDifference[]): Difference[] {
  return found.filter(
    ({ type, actions, attributes }) =>
      actions !== "update" ||
      attributes.length === 0 ||
      !attributes.every((attribute) => allowed.some((one) => one.type === type && one.attribute === attribute)),
  );
}

export function describe(difference: Difference): string {
  const what = difference.attributes.length > 0 ? ` (${difference.attributes.join(", ")})` : "";
  return `${difference.address}: ${difference.actions}${what}`;
}
