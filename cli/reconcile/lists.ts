import { changes, refusals } from "./judge";
import type { Provisioner } from "./terraform";
import type { Synthesized } from "../../terraform/synthesized";

/**
 * Addresses of what lists machines by their ids: anti-affinity rules and groups of machines, which know nothing of a
 * machine that was made anew.
 */
export function listsOf({ resource = {} }: Synthesized, machines: readonly string[]): readonly string[] {
  return Object.entries(resource).flatMap(([type, instances]) =>
    Object.entries(instances)
      .filter(([, { virtual_machine_ids: ids }]) => machines.some((machine) => JSON.stringify(ids ?? "").includes(`\${${machine}.`)))
      .map(([name]) => `${type}.${name}`),
  );
}

/**
 * Puts machines that were made anew into those lists.
 * @returns what is left for the next apply: a list is no reason to call a repair failed
 */
export async function renewLists(terraform: Provisioner, lists: readonly string[]): Promise<string | undefined> {
  if (lists.length === 0) return undefined;
  try {
    const plan = await terraform.plan(lists, []);
    const [refused] = refusals(plan, { lists });
    if (refused) return `${lists.join(", ")} (${refused.address}: ${refused.rule})`;
    if (changes(plan).length > 0) await terraform.apply();
    return undefined;
  } catch (reason) {
    return `${lists.join(", ")} (${reason instanceof Error ? reason.message : String(reason)})`;
  }
}
