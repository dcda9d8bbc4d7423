import { randomBytes } from "node:crypto";
import { objectsOnce, selfTest } from "../agent/store/self-test";
import type { Cluster } from "./cluster";

/**
 * The proof of every machine's first boot, with more objects and the caller's rights.
 * @returns what was found
 * @throws Error when the store is of no use, or nothing was found out
 */
export async function proveStore({ store, platform }: Cluster, objects: number = objectsOnce): Promise<string> {
  const proof = await selfTest(store, `self-test/person/${randomBytes(8).toString("hex")}`, objects);
  if (proof.kind === "proven")
    return `${platform.store.bucket} swaps and compares: ${objects} objects were raced for, and nothing was lost`;
  throw new Error(`${platform.store.bucket}: ${proof.kind === "refused" ? proof.reason : `nothing was found out: ${proof.reason}`}`);
}
