import { authority as authoritySchema } from "../../constructs/spec/store";
import type { Role } from "../../constructs/spec/roles";
import type { Objects } from "../store/objects";
import type { Failure } from "../store/store";
import { bear, certificateOf, fault, type Authority } from "./certificates";
import type { Clock } from "./clock";
import type { Fingerprints, Recorded } from "./fingerprints";
import { generationsIn, keyOf, nameOf, purposes, trustKeyOf, type Purpose } from "./purposes";

export type Settled =
  /** All generations, the oldest first. */
  | { readonly kind: "settled"; readonly generations: readonly Authority[] }
  /** Born by machines of another role, which have not done so yet, or not before this machine's clock is right. */
  | { readonly kind: "unborn"; readonly reason: string }
  /** Record and store contradict each other: nothing is issued, and nothing is born. */
  | { readonly kind: "halt"; readonly reason: string }
  | Failure;

export interface Nursery {
  readonly cluster: string;
  readonly role: Role;
  readonly objects: Objects;
  /** Where fingerprints of this purpose are recorded. */
  readonly fingerprints: Fingerprints;
  readonly clock: Clock;
}

/** Everything that was born for a purpose, each object as it is on record; the first generation is born where there is none. */
export async function settle(nursery: Nursery, purpose: Purpose): Promise<Settled> {
  const recorded = await nursery.fingerprints.all();
  if (recorded.kind !== "recorded") return recorded;
  const listed = await nursery.objects.list(`pki/${purpose}/`);
  if (listed.kind !== "listed") return listed;
  const known = new Set([...generationsIn(purpose, listed.keys), ...generationsIn(purpose, Object.keys(recorded.fingerprints))]);
  const wanted = known.size > 0 ? [...known].sort((a, b) => a - b) : [1];
  const generations: Authority[] = [];
  for (const generation of wanted) {
    const settled = await settleGeneration(nursery, purpose, generation, recorded.fingerprints);
    if (settled.kind !== "settled") return settled;
    generations.push(...settled.generations);
  }
  return publish(nursery, purpose, generations);
}

/**
 * One generation: born by put-if-absent if it may be, and recorded before anybody uses it. Who loses the race
 * for the object, or for its record, takes the winner's. Called with the next number, it begins a rotation.
 */
export async function settleGeneration(nursery: Nursery, purpose: Purpose, generation: number, recorded: Recorded): Promise<Settled> {
  const { objects, role } = nursery;
  const name = nameOf(purpose, generation);
  const key = keyOf(purpose, generation);
  const expected = recorded[name];
  const read = await objects.read(key, authoritySchema);
  if (read.kind === "unavailable" || read.kind === "forbidden") return read;
  if (read.kind === "torn") return halt(key, `is not readable (${read.reason})`);
  if (read.kind === "absent") {
    if (expected !== undefined) return halt(key, "is missing, and its fingerprint is on record");
    if (purposes[purpose].bornBy !== role) return { kind: "unborn", reason: `${name} is not born yet` };
    const { now, fault: wait } = nursery.clock();
    if (wait !== undefined) return { kind: "unborn", reason: wait };
    const written = await objects.create(key, await bear(nursery.cluster, purpose, generation, now));
    if (written.kind === "unavailable" || written.kind === "forbidden") return written;
    // Read back, whoever won: what is in the store counts, and nothing else.
    return settleGeneration(nursery, purpose, generation, recorded);
  }
  const wrong = fault(read.value, purpose, generation);
  if (wrong !== undefined) return halt(key, wrong);
  return expected === undefined ? recordFirst(nursery, purpose, read.value) : onRecord(key, read.value, expected);
}

async function recordFirst(nursery: Nursery, purpose: Purpose, authority: Authority): Promise<Settled> {
  const name = nameOf(purpose, authority.generation);
  if (purposes[purpose].bornBy !== nursery.role) return { kind: "unborn", reason: `${name} is not on record yet` };
  const recorded = await nursery.fingerprints.record(name, authority.fingerprint);
  return recorded.kind === "recorded" ? onRecord(keyOf(purpose, authority.generation), authority, recorded.fingerprints[name]) : recorded;
}

/** The certificates alone, for machines that may not read the keys. */
async function publish({ objects, role }: Nursery, purpose: Purpose, generations: readonly Authority[]): Promise<Settled> {
  const settled: Settled = { kind: "settled", generations };
  const { bornBy, form } = purposes[purpose];
  if (bornBy !== role || form !== "authority") return settled;
  const published = await objects.list(`trust/${purpose}/`);
  if (published.kind !== "listed") return published;
  for (const authority of generations) {
    const key = trustKeyOf(purpose, authority.generation);
    if (published.keys.includes(key)) continue;
    const written = await objects.create(key, { purpose, certificates: [certificateOf(authority)] });
    if (written.kind === "unavailable" || written.kind === "forbidden") return written;
  }
  return settled;
}

function onRecord(key: string, authority: Authority, expected: string | undefined): Settled {
  return authority.fingerprint === expected
    ? { kind: "settled", generations: [authority] }
    : halt(key, "is another one than the one on record");
}

function halt(key: string, what: string): Settled {
  return { kind: "halt", reason: `${key} ${what}: restore the object from a machine's copy or the bucket's versions; no new one is born` };
}
