import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { desiredAgent } from "../../constructs/spec/store";
import { artifactKey, digestOf, settle, take } from "../artifacts";
import { say } from "../log";
import type { Machine } from "./machine";
import { bundle } from "./paths";

/** The bundle that was here before, for the case that the new one does not come up; `fall-back.sh` puts it back. */
export const lastBundle = `${bundle}.last`;
/** There as long as a new bundle has not proved itself. */
export const trialFile = `${bundle}.trial`;

/** Digest of a bundle that `fall-back.sh` has taken out; absent when there was none. */
export const refusedFile = `${bundle}.refused`;

/** Whether a bundle did not come up on this machine. */
export async function isRefused(digest: string): Promise<boolean> {
  return (await readFile(refusedFile, "utf8").catch(() => "")).trim() === digest;
}

/**
 * Whether the bundle that runs is the one that the configuration names. If it is not, and the wanted one could be had, it is
 * in place when this returns, and the program has to end: systemd starts the new one.
 */
export async function ownBundle(
  { store, objects, depot }: Machine,
  wanted: string,
): Promise<"same" | "replaced" | { readonly missing: string }> {
  const own = await digestOf(bundle);
  if (own === wanted) {
    // For all machines that boot after this one, whatever the pipeline wants then.
    await store.putFileIfAbsent(artifactKey(wanted), bundle, wanted);
    return "same";
  }
  const aside = `${bundle}.new`;
  const found = await objects.read("desired/agent", desiredAgent);
  if (found.kind === "found" && found.value.sha256 === wanted) {
    await writeFile(aside, Buffer.from(found.value.bundle, "base64"));
  } else {
    const taken = await take(depot, { sha256: wanted });
    if (taken.kind === "missing") return { missing: taken.reason };
    await copyFile(taken.path, aside);
  }
  if ((await digestOf(aside)) !== wanted) return { missing: `desired/agent does not have the digest ${wanted}` };
  await copyFile(bundle, lastBundle);
  await writeFile(trialFile, "0\n");
  await settle(aside, bundle);
  say("another bundle of the agent is in place", { from: own, to: wanted });
  return "replaced";
}

/** The new bundle has proved itself. */
export async function endTrial(): Promise<void> {
  await rm(trialFile, { force: true });
}
