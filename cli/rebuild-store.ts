import { readFileSync } from "node:fs";
import { readEpoch } from "../agent/epoch";
import type { Authority } from "../agent/pki/certificates";
import { keyOf, nameOf, type Purpose } from "../agent/pki/purposes";
import { readRecovery } from "../agent/recovery";
import { keys } from "../agent/store/keys";
import type { Found, Objects, Read } from "../agent/store/objects";
import { authority as authorityShape, type Epoch, type Recovery, type Vote } from "../constructs/spec/store";
import type { Cluster } from "./cluster";
import { knowsAll, readCopies } from "./rebuild-store-copies";

export interface RebuildOptions {
  /** Puts what disks know in place of older records too: the store was rolled back. */
  readonly replace: boolean;
}

/**
 * Puts back what an emptied store lost, from copies that machines keep. Keys come before the epoch, since agents go on as
 * soon as that is there.
 * @returns what was done, a line each
 * @throws Error when copies contradict each other or the store, or when the store fails; what was put back by then stays
 */
export async function rebuildStore(cluster: Cluster, files: readonly string[], { replace }: RebuildOptions): Promise<readonly string[]> {
  const { spec, environment, objects } = cluster;
  const copies = readCopies(
    spec.name,
    files.map((path) => ({ path, text: readFileSync(path, "utf8") })),
  );
  const known = there(keys.epoch, await readEpoch(objects));
  const epoch = newer(known?.value, copies.epoch, replace);
  for (const one of copies.authorities) holdAgainst(epoch, one);
  const recovery = there(keys.recovery, await readRecovery(objects));
  const lines: string[] = [];
  for (const one of copies.authorities) lines.push(await putBack(objects, one));
  for (const round of rounds(epoch, copies.fences, recovery, replace)) lines.push(await put(objects, keys.recovery, round, recovery));
  lines.push(epoch === known?.value ? `${keys.epoch}: was there` : await put(objects, keys.epoch, epoch, known));
  const missing = Object.keys(epoch.authorities).filter((name) => !copies.authorities.some((one) => named(one) === name));
  return [
    ...lines,
    ...(missing.length > 0 ? [`not among the files, and on record: ${missing.join(", ")}`] : []),
    `what Terraform wants of the machines comes back with: npx cdktf deploy ${environment} ${environment}-addons`,
  ];
}

const rolledBack = "the store was rolled back; say --replace to put what the disks know in its place";

function newer(inStore: Epoch | undefined, copy: Epoch | undefined, replace: boolean): Epoch {
  if (!inStore && !copy) throw new Error("the store holds no epoch: give a seat's copy of it too, /var/lib/etcd/epoch.json");
  if (!copy || (inStore && knowsAll(inStore, copy))) return inStore as Epoch;
  if (!inStore) return copy;
  if (!knowsAll(copy, inStore))
    throw new Error(`epoch ${inStore.number} in the store and epoch ${copy.number} of the copy contradict each other`);
  if (replace) return copy;
  throw new Error(`epoch ${inStore.number} in the store is older than what the copy of epoch ${copy.number} knows: ${rolledBack}`);
}

/**
 * A fence waits for the end of its round. Lost, the round is opened again and is over at once: the seats then close it by
 * their votes, or as void.
 */
function rounds(epoch: Epoch, fences: readonly Vote[], recovery: Found<Recovery> | undefined, replace: boolean): readonly Recovery[] {
  const [last] = fences.filter((fence) => fence.epoch === epoch.number).sort((a, b) => b.round - a.round);
  if (!last) return [];
  const known = recovery?.value;
  if (known && known.epoch === last.epoch && known.round >= last.round) return [];
  if (known && !replace) throw new Error(`round ${known.round} in the store is older than the fence of round ${last.round}: ${rolledBack}`);
  return [{ round: last.round, epoch: last.epoch, openedBy: last.seat, state: "open", until: new Date(0).toISOString() }];
}

/** What etcd's authorities are is on record in the epoch; the masters' keys are held against etcd by the masters themselves. */
function holdAgainst(epoch: Epoch, authority: Authority): void {
  const name = named(authority);
  const recorded = epoch.authorities[name];
  if (recorded !== undefined && recorded !== authority.fingerprint) {
    throw new Error(`${name} is another one than the one on record in the epoch`);
  }
  if (recorded === undefined && name.startsWith("etcd-")) throw new Error(`${name} is not on record in the epoch`);
}

async function putBack(objects: Objects, authority: Authority): Promise<string> {
  const key = keyOf(authority.purpose as Purpose, authority.generation);
  const known = there(key, await objects.read(key, authorityShape));
  if (!known) return put(objects, key, authority, undefined);
  if (known.value.fingerprint === authority.fingerprint) return `${key}: was there`;
  throw new Error(`${key} is there, and is another one: nothing was overwritten; restore it from the bucket's versions`);
}

async function put(objects: Objects, key: string, value: unknown, before: Found<unknown> | undefined): Promise<string> {
  const written = before ? await objects.replace(key, value, before.version) : await objects.create(key, value);
  if (written.kind === "written") return `${key}: ${before ? "replaced" : "put back"}`;
  throw new Error(`${key}: ${written.kind === "conflict" ? "somebody else wrote it at the same time; run it again" : written.reason}`);
}

/** @throws Error when it is not known whether there is one */
function there<T>(key: string, read: Read<T>): Found<T> | undefined {
  if (read.kind === "found") return read;
  if (read.kind === "absent") return undefined;
  const then = read.kind === "torn" ? "; restore it from the bucket's versions" : "";
  throw new Error(`${key} in the store cannot be read: ${read.reason}${then}`);
}

const named = ({ purpose, generation }: Authority): string => nameOf(purpose as Purpose, generation);
