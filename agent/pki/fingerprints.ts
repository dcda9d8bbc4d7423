import { readEpoch } from "../epoch";
import { keys } from "../store/keys";
import type { Objects } from "../store/objects";
import type { Failure } from "../store/store";

/** By the name of a generation, `etcd-peer/1`. */
export type Recorded = Readonly<Record<string, string>>;

export type OnRecord =
  | { readonly kind: "recorded"; readonly fingerprints: Recorded }
  /** The record itself is not what it should be: nothing may be issued. */
  | { readonly kind: "halt"; readonly reason: string }
  | Failure;

/**
 * The fingerprints of what was born, kept apart from the store's key objects, so that an emptied store cannot bring forth
 * a second authority. A name is recorded once and never changes.
 */
export interface Fingerprints {
  all(): Promise<OnRecord>;
  /** Records a name that has none yet; answers with what is on record afterwards, whoever wrote it. */
  record(name: string, fingerprint: string): Promise<OnRecord>;
}

/** Writers of the epoch are few, and each writes once. */
const tries = 8;

/** Those of etcd's authorities: in the epoch, and so on the disk of every seat. */
export class EpochFingerprints implements Fingerprints {
  constructor(private readonly objects: Objects) {}

  async all(): Promise<OnRecord> {
    const read = await readEpoch(this.objects);
    if (read.kind === "found") return { kind: "recorded", fingerprints: read.value.authorities };
    return unreadable(read);
  }

  async record(name: string, fingerprint: string): Promise<OnRecord> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const read = await readEpoch(this.objects);
      if (read.kind !== "found") return unreadable(read);
      const { authorities } = read.value;
      if (name in authorities) return { kind: "recorded", fingerprints: authorities };
      const more = { ...authorities, [name]: fingerprint };
      const written = await this.objects.replace(keys.epoch, { ...read.value, authorities: more }, read.version);
      if (written.kind === "written") return { kind: "recorded", fingerprints: more };
      if (written.kind !== "conflict") return written;
    }
    return { kind: "unavailable", reason: "the epoch changes faster than it can be written" };
  }
}

function unreadable(read: Exclude<Awaited<ReturnType<typeof readEpoch>>, { kind: "found" }>): OnRecord {
  if (read.kind === "absent") return { kind: "unavailable", reason: "there is no epoch yet" };
  return read.kind === "torn" ? { kind: "halt", reason: `the epoch is not readable: ${read.reason}` } : read;
}
