import type { Diagnostic } from "../terraform/diagnostics";
import type { Synthesized } from "../terraform/synthesized";
import type { StateResource } from "../terraform/terraform";

/** Addresses that the stack forbids to destroy. */
export function protectedAddresses(stack: Synthesized): string[] {
  return Object.entries(stack.resource ?? {}).flatMap(([type, instances]) =>
    Object.entries(instances)
      .filter(([, { lifecycle }]) => JSON.stringify(lifecycle ?? {}).includes('"prevent_destroy":true'))
      .map(([name]) => `${type}.${name}`),
  );
}

/** Addresses for whose sake Terraform refused; its message is "Instance cannot be destroyed", the address stands in the detail. */
export function refusedAddresses(diagnostics: readonly Diagnostic[], candidates: readonly string[]): string[] {
  const refusals = diagnostics.filter(({ severity, summary }) => severity === "error" && summary === "Instance cannot be destroyed");
  return candidates.filter((address) =>
    refusals.some((refusal) => refusal.address === address || refusal.detail?.split(/\s+/).includes(address)),
  );
}

/** Those refused, and those that a refused one depends on: Terraform stops at the first on the way and never reaches them. */
export function shielded(refused: readonly string[], candidates: readonly string[], state: readonly StateResource[]): string[] {
  const below = new Set(state.filter(({ address }) => refused.includes(address)).flatMap(({ depends_on: below = [] }) => below));
  return candidates.filter((address) => refused.includes(address) || below.has(address));
}
