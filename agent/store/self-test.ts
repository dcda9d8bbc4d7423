import type { Failure, Store, Writing } from "./store";

const writers = 8;

export type Proof =
  | { readonly kind: "proven" }
  /** The store accepts what it must refuse; it is of no use, however often it is asked. */
  | { readonly kind: "refused"; readonly reason: string }
  | Failure;

/**
 * Whether a store has working compare-and-swap, tried on a key that nobody else uses and that is gone afterwards.
 * `unavailable` says that nothing was found out.
 */
export async function selfTest(store: Store, key: string): Promise<Proof> {
  const proof = await prove(store, key);
  await store.delete(key);
  return proof;
}

async function prove(store: Store, key: string): Promise<Proof> {
  const first = await store.putIfAbsent(key, "1");
  if (first.kind === "conflict") return { kind: "unavailable", reason: `${key} is there already` };
  if (first.kind !== "written") return first;

  const again = await store.putIfAbsent(key, "2");
  if (again.kind === "written") return refused(key, "it accepts put-if-absent of an object that is there");
  if (again.kind !== "conflict") return again;

  const second = await store.putIfMatch(key, "3", first.version);
  if (second.kind === "conflict") return refused(key, "it does not know the version that it gave");
  if (second.kind !== "written") return second;

  const stale = await store.putIfMatch(key, "4", first.version);
  if (stale.kind === "written") return refused(key, "it accepts put-if-match of a version that is past");
  if (stale.kind !== "conflict") return stale;

  const replaced = await race((writer) => store.putIfMatch(key, `5 ${writer}`, second.version));
  const proof = await oneWon(store, key, "5", replaced);
  if (proof.kind !== "proven") return proof;

  const deleted = await store.delete(key);
  if (deleted.kind !== "deleted") return deleted;
  return oneWon(store, key, "6", await race((writer) => store.putIfAbsent(key, `6 ${writer}`)));
}

function race(put: (writer: number) => Promise<Writing>): Promise<Writing[]> {
  return Promise.all(Array.from({ length: writers }, (_, writer) => put(writer)));
}

async function oneWon(store: Store, key: string, round: string, results: readonly Writing[]): Promise<Proof> {
  const won = results.flatMap((result, writer) => (result.kind === "written" ? [{ writer, version: result.version }] : []));
  if (won.length > 1) return refused(key, `${won.length} of ${writers} puts at once were accepted`);
  const failed = results.find((result) => result.kind === "unavailable" || result.kind === "forbidden");
  if (failed) return failed;
  const [winner] = won;
  if (!winner) return { kind: "unavailable", reason: `${key}: none of ${writers} puts at once was accepted` };
  const read = await store.get(key);
  if (read.kind === "unavailable" || read.kind === "forbidden") return read;
  return read.kind === "found" && read.body === `${round} ${winner.writer}` && read.version === winner.version
    ? { kind: "proven" }
    : refused(key, "it does not read what it accepted last");
}

function refused(key: string, what: string): Proof {
  return {
    kind: "refused",
    reason: `the store has no working compare-and-swap: ${what} (${key}); it must honour If-None-Match and If-Match on puts`,
  };
}
