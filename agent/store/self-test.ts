import { raced, type Outcome, type State } from "./race";
import type { Failure, Store } from "./store";

export type Proof =
  | { readonly kind: "proven" }
  /** The store accepts what it must refuse, or gives what nobody wrote; it is of no use, however often it is asked. */
  | { readonly kind: "refused"; readonly reason: string }
  | Failure;

/** Objects that are raced for, each twice. Faults of concurrency show by chance: more objects, more chances. */
export const objectsAtBoot = 8;

const atOnce = 4;

/**
 * Whether a store has working compare-and-swap and reads what was written last, tried on keys below one that nobody else uses
 * and that are gone afterwards. `unavailable` says that nothing was found out.
 */
export async function selfTest(store: Store, key: string, objects: number = objectsAtBoot): Promise<Proof> {
  const names = Array.from({ length: objects }, (_, index) => `${key}/${index}`);
  const proof = await prove(store, `${key}/alone`, names, key);
  await Promise.all([`${key}/alone`, ...names].map((name) => store.delete(name)));
  return proof.kind === "refused" ? { kind: "refused", reason: `the store is of no use: ${proof.reason} (${key})` } : proof;
}

async function prove(store: Store, alone: string, names: readonly string[], prefix: string): Promise<Proof> {
  const swaps = await swapsAlone(store, alone);
  if (swaps.kind !== "proven") return swaps;

  // All are made before the first is replaced: Google Cloud Storage wants a second between two writes of one object
  // (https://cloud.google.com/storage/quotas#objects).
  const made = await racedAll(store, names, []);
  if (!Array.isArray(made)) return made;
  const listed = await lists(store, prefix, [alone, ...names]);
  if (listed.kind !== "proven") return listed;
  const replaced = await racedAll(store, names, made);
  if (!Array.isArray(replaced)) return replaced;
  return deletes(store, prefix, [alone, ...names], made);
}

/** Some at a time: a store that is far away answers no later for it. */
async function racedAll(store: Store, names: readonly string[], before: readonly State[]): Promise<State[] | Exclude<Outcome, State>> {
  const after: State[] = [];
  for (let start = 0; start < names.length; start += atOnce) {
    const part = names.slice(start, start + atOnce);
    for (const outcome of await Promise.all(part.map((name, index) => raced(store, name, before[start + index])))) {
      if (outcome.kind !== "state") return outcome;
      after.push(outcome);
    }
  }
  return after;
}

/** What conditions mean when nobody else writes. */
async function swapsAlone(store: Store, key: string): Promise<Proof> {
  const first = await store.putIfAbsent(key, "1");
  if (first.kind === "conflict") return { kind: "unavailable", reason: `${key} is there already` };
  if (first.kind !== "written") return first;

  const again = await store.putIfAbsent(key, "2");
  if (again.kind === "written") return refused("it accepts put-if-absent (If-None-Match) of an object that is there");
  if (again.kind !== "conflict") return again;

  const second = await store.putIfMatch(key, "3", first.version);
  if (second.kind === "conflict") return refused("it does not know the version (ETag) that it gave");
  if (second.kind !== "written") return second;

  const stale = await store.putIfMatch(key, "4", first.version);
  if (stale.kind === "written") return refused("it accepts put-if-match (If-Match) of a version that is past");
  return stale.kind === "conflict" ? { kind: "proven" } : stale;
}

async function lists(store: Store, prefix: string, names: readonly string[]): Promise<Proof> {
  const listing = await store.list(`${prefix}/`);
  if (listing.kind !== "listed") return listing;
  return [...names].sort().join() === listing.keys.join() ? { kind: "proven" } : refused("its list is not what is there");
}

async function deletes(store: Store, prefix: string, names: readonly string[], past: readonly State[]): Promise<Proof> {
  const deleted = await Promise.all(names.map((name) => store.delete(name)));
  for (const one of deleted) if (one.kind !== "deleted") return one;
  for (const [index, name] of names.entries()) {
    const read = await store.get(name);
    if (read.kind === "found") return refused("it reads what is deleted");
    if (read.kind !== "absent") return read;
    const version = past[index]?.version;
    const put = version === undefined ? { kind: "conflict" as const } : await store.putIfMatch(name, "7", version);
    if (put.kind === "written") return refused("it accepts put-if-match (If-Match) of an object that is deleted");
    if (put.kind !== "conflict") return put;
  }
  return lists(store, prefix, []);
}

const refused = (reason: string): Proof => ({ kind: "refused", reason });
