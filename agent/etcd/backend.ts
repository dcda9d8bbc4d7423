import { open, type FileHandle } from "node:fs/promises";
import { Bolt, NoDatabase } from "./bolt";

/** What a member's database has taken in. */
export interface Backend {
  /** Index of the last entry of the log that is in it; 0 in one that has only been made. */
  readonly applied: number;
  readonly revision: number;
}

/** etcd counts from 1, and so does an empty database. */
const firstRevision = 1;
/** Pages that one transaction names may be written over by the one after the next, while etcd runs. */
const tries = 5;

/** Undefined when there is no such file. @throws NoDatabase */
export async function readBackend(path: string): Promise<Backend | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw reason;
  }
  try {
    return await readSteadily(file, tries);
  } finally {
    await file.close();
  }
}

// What was read between two looks at the same transaction was whole.
async function readSteadily(file: FileHandle, left: number): Promise<Backend> {
  const before = await Bolt.open(file);
  const read = await readOnce(before).then(
    (backend) => ({ backend }),
    (reason: unknown) => ({ reason }),
  );
  const after = await Bolt.open(file);
  const steady = after.transaction === before.transaction;
  if (steady && "backend" in read) return read.backend;
  if (steady && "reason" in read) throw read.reason;
  if (left === 0) throw new NoDatabase("it changes faster than it can be read");
  return readSteadily(file, left - 1);
}

async function readOnce(bolt: Bolt): Promise<Backend> {
  const [meta, keys] = [await bolt.bucket("meta"), await bolt.bucket("key")];
  const applied = meta && (await bolt.get(meta, "consistent_index"));
  const compacted = meta && (await bolt.get(meta, "scheduledCompactRev"));
  const last = keys && (await bolt.lastKey(keys));
  return { applied: numberAtStart(applied), revision: Math.max(firstRevision, numberAtStart(compacted), numberAtStart(last)) };
}

/** A revision is 8 bytes, then a place within the transaction. */
function numberAtStart(bytes: Buffer | undefined): number {
  if (bytes === undefined) return 0;
  if (bytes.length < 8) throw new NoDatabase("a number in it has fewer than 8 bytes");
  return Number(bytes.readBigUInt64BE(0));
}
