import { randomBytes } from "node:crypto";
import { say, sayOnce } from "../log";
import { selfTest } from "../store/self-test";
import { sleep } from "./loop";
import type { Configuring } from "./machine";
import { stateFolder } from "./paths";

const againMs = 1_000;

/**
 * Returns when the store has shown on this machine, once, that it compares and swaps: everything that keeps two incarnations
 * apart stands on it. A store that does not is never used, however long that takes a person.
 */
export async function storeProven({ store, place, identity, health }: Configuring): Promise<void> {
  const file = { path: `${stateFolder}/store-proven`, mode: "0644", owner: "root:root" };
  const about = JSON.stringify(identity.store);
  if (await place.holds(file, about)) return;
  for (;;) {
    const proof = await selfTest(store, `self-test/${identity.name}/${randomBytes(8).toString("hex")}`);
    if (proof.kind === "proven") {
      say("the store compares and swaps");
      return place.write(file, about);
    }
    if (proof.kind === "refused") health.state = `halt: ${proof.reason}`;
    sayOnce("the store is not proven", { reason: proof.reason, halt: proof.kind === "refused" });
    await sleep(againMs);
  }
}
