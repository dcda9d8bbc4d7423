import { randomBytes } from "node:crypto";
import { readEpoch } from "../epoch";
import { say, sayOnce } from "../log";
import { objectsAtBoot, objectsAtRepair, selfTest, type Proof } from "../store/self-test";
import { sleep } from "./loop";
import type { Configuring } from "./machine";
import { stateFolder } from "./paths";

const againMs = 1_000;

const proven = { path: `${stateFolder}/store-proven`, mode: "0644", owner: "root:root" };
const refused = { ...proven, path: `${stateFolder}/store-refused` };

/**
 * Returns when the store has shown on this machine, once, that it compares and swaps: everything that keeps two incarnations
 * apart stands on it. A store that does not is never used, however long that takes a person: what it does wrong it does by
 * chance, so one that was refused is not asked again until its refusal is removed. The long proof is for a cluster that
 * begins; a machine that comes later is a repair, which waits for the short one alone.
 */
export async function storeProven(
  { store, objects, place, identity, health }: Pick<Configuring, "store" | "objects" | "place" | "identity" | "health">,
  pauseMs: number = againMs,
): Promise<void> {
  const about = JSON.stringify(identity.store);
  if (await place.holds(proven, about)) return;
  for (;;) {
    const known = refusalOf(await place.read(refused.path), about);
    const begun = known === undefined && (await readEpoch(objects)).kind === "found";
    const key = `self-test/${identity.name}/${randomBytes(8).toString("hex")}`;
    const proof = known ?? (await selfTest(store, key, begun ? objectsAtRepair : objectsAtBoot));
    if (proof.kind === "proven") {
      say("the store compares and swaps");
      return place.write(proven, about);
    }
    if (proof.kind === "refused") {
      if (!known) await place.write(refused, `${about}\n${proof.reason}`);
      health.state = `halt: ${proof.reason}; ${refused.path} holds this machine until a person removes it`;
    }
    sayOnce("the store is not proven", { reason: proof.reason, halt: proof.kind === "refused" });
    await sleep(pauseMs);
  }
}

/** What is on record about this very store. */
function refusalOf(text: string | undefined, about: string): Exclude<Proof, { kind: "proven" }> | undefined {
  return text?.startsWith(`${about}\n`) ? { kind: "refused", reason: text.slice(about.length + 1) } : undefined;
}
