import { raced, type Outcome, type Refused, type State } from "./race";
import type { Failure, Store } from "./store";

export type Proof = { readonly kind: "proven" } | Refused | Failure;

/** Objects that are raced for, each twice. Faults of concurrency show by chance: more objects, more chances. */
export const objectsAtBoot = 16;
/** In a store that a cluster lives in already, and was proven when that began. */
export const objectsAtRepair = 1;
/** For a person who tries a store, before a cluster is in it. */
export const objectsOnce = 200;

const atOnce = 4;

/**
 * Whether a store has working compare-and-swap and reads what was written last, tried on keys below one that nobody else uses
 * and that are gone afterwards. `unavailable` says that nothing was found out.
 */
export async function selfTest(store: Store, key: string, objects: number = objectsAtBoot): Promise<Proof> {
  const alone = `${key}/alone`;
  const names = Array.from({ length: objects }, (_, index) => `${key}/${index}`);
  const first = await store.putIfAbsent(alone, "1");
  if (first.kind === "conflict") return { kind: "unavailable", reason: `${alone} is there already` };
  const proof = first.kind === "written" ? await prove(store, { prefix: key, alone, names, first: first.version }) : first;
  await Promise.all((first.kind === "written" ? [alone, ...names] : [alone]).map((name) => store.delete(name)));
  return proof.kind === "refused" ? { kind: "refused", reason: `the store is of no use: ${proof.reason} (${key})` } : proof;
}

interface Keys {
  readonly prefix: string;
  /** Nobody races for it. */
  readonly alone: string;
  /** Its version. */
  readonly first: string;
  readonly names: readonly string[];
}

/**
 * All objects are made before the first is replaced, and replaced before the first is deleted: Google Cloud Storage wants a
 * second between two writes of one object (https://cloud.google.com/storage/quotas#objects).
 */
async function prove(store: Store, { prefix, alone, first, names }: Keys): Promise<Proof> {
  const again = await store.putIfAbsent(alone, "2");
  if (again.kind === "written") return refused("it accepts put-if-absent (If-None-Match) of an object that is there");
  if (again.kind !== "conflict") return again;
  const made = await racedAll(store, names, []);
  if (!Array.isArray(made)) return made;
  const listed = await lists(store, prefix, [alone, ...names]);
  if (listed.kind !== "proven") return listed;

  const replaced = await replacedAlone(store, alone, first);
  if (replaced.kind !== "proven") return replaced;
  const last = await racedAll(store, names, made);
  return Array.isArray(last) ? deletes(store, prefix, names, last) : last;
}

/** What a version means when nobody else writes. */
async function replacedAlone(store: Store, key: string, version: string): Promise<Proof> {
  const second = await store.putIfMatch(key, "3", version);
  if (second.kind === "conflict") return refused("it does not know the version (ETag) that it gave");
  if (second.kind !== "written") return second;
  const stale = await store.putIfMatch(key, "4", version);
  if (stale.kind === "written") return refused("it accepts put-if-match (If-Match) of a version that is past");
  const deleted = stale.kind === "conflict" ? await store.delete(key) : stale;
  return deleted.kind === "deleted" ? { kind: "proven" } : deleted;
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

async function lists(store: Store, prefix: string, names: readonly string[]): Promise<Proof> {
  const listing = await store.list(`${prefix}/`);
  if (listing.kind !== "listed") return listing;
  return [...names].sort().join() === listing.keys.join() ? { kind: "proven" } : refused("its list is not what is there");
}

async function deletes(store: Store, prefix: string, names: readonly string[], last: readonly State[]): Promise<Proof> {
  for (const one of await Promise.all(names.map((name) => store.delete(name)))) if (one.kind !== "deleted") return one;
  for (const one of await Promise.all(names.map((name) => store.get(name)))) {
    if (one.kind === "found") return refused("it reads what is deleted");
    if (one.kind !== "absent") return one;
  }
  for (const one of await Promise.all(names.map((name, index) => store.putIfMatch(name, "5", last[index]?.version ?? "")))) {
    if (one.kind === "written") return refused("it accepts put-if-match (If-Match) of an object that is deleted");
    if (one.kind !== "conflict") return one;
  }
  return lists(store, prefix, []);
}

const refused = (reason: string): Refused => ({ kind: "refused", reason });
