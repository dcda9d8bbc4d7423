import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Objects } from "../../agent/store/objects";
import { applied } from "../../constructs/spec/store-reconcile";
import { appliedKey } from "../../constructs/platform/platform";
import { stackFile } from "../../terraform/synthesized";

/** Digest of what is in a stack's folder. @throws Error when there is none */
export function digestOf(stackDir: string): string {
  try {
    return createHash("sha256")
      .update(readFileSync(join(stackDir, stackFile)))
      .digest("hex");
  } catch (reason) {
    throw new Error(`${stackDir} holds no ${stackFile}: synthesize the commit that was applied last, npm run synth`, { cause: reason });
  }
}

/**
 * Why this folder is not what was applied last; undefined when it is. From anything else a plan would also hold what nobody
 * has applied yet, and be refused for that in the middle of a repair.
 */
export async function notApplied(objects: Objects, stackDir: string): Promise<string | undefined> {
  const read = await objects.read(appliedKey, applied);
  if (read.kind === "absent") return `the store does not say what was applied last (${appliedKey}): apply the cluster's stack once`;
  if (read.kind !== "found") return `${appliedKey} in the store: ${read.reason}`;
  const own = digestOf(stackDir);
  if (own === read.value.sha256) return undefined;
  return `${stackDir}/${stackFile} is ${own.slice(0, 12)}, and ${read.value.sha256.slice(0, 12)} was applied last: synthesize the commit that was applied last, or apply this one`;
}
