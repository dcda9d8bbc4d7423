import * as z from "zod";
import { port } from "../../constructs/spec/ports";
import { readEpoch } from "../epoch";
import { EtcdClient, type EtcdAnswer } from "../etcd/client";
import { keys } from "../store/keys";
import type { Objects } from "../store/objects";
import type { Failure } from "../store/store";
import type { Place } from "./place";
import { tlsFrom } from "./tls-files";

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

const etcdAuthorities = "/etc/kubernetes/pki/etcd-ca.crt";
const etcdCertificate = "/etc/kubernetes/pki/apiserver-etcd-client";
/** Beside `/registry`, which is the API server's. */
const etcdKey = "/coppice/fingerprints";
const recordedSchema = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/));

/**
 * Those of the masters' keys: in etcd itself, which an emptied store leaves alone and a snapshot takes along. Without a
 * quorum nothing is on record and nothing is not: it is waited for.
 */
export class EtcdFingerprints implements Fingerprints {
  /** The member that answered last is asked first. */
  private members: readonly EtcdClient[];

  /** Asks as the API server does: etcd's own authority signs for it, so none of what is recorded here is needed. */
  constructor(place: Place, seats: readonly { readonly address: string }[], at: number = port.etcdClient) {
    const tls = () => tlsFrom(place, etcdAuthorities, `${etcdCertificate}.crt`, `${etcdCertificate}.key`);
    this.members = seats.map(({ address }) => new EtcdClient(`https://${address}:${at}`, tls));
  }

  async all(): Promise<OnRecord> {
    const read = await this.read();
    return read.kind === "read" ? { kind: "recorded", fingerprints: read.fingerprints } : read;
  }

  async record(name: string, fingerprint: string): Promise<OnRecord> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const read = await this.read();
      if (read.kind !== "read") return read;
      if (name in read.fingerprints) return { kind: "recorded", fingerprints: read.fingerprints };
      const more = { ...read.fingerprints, [name]: fingerprint };
      const written = await this.ask((member) => member.replace(etcdKey, JSON.stringify(more), read.revision));
      if (written.kind === "answered" && written.value) return { kind: "recorded", fingerprints: more };
      // It may have been written without an answer, and by another one: the next read tells.
    }
    return { kind: "unavailable", reason: `${etcdKey} in etcd could not be written` };
  }

  private async read(): Promise<
    { readonly kind: "read"; readonly fingerprints: Recorded; readonly revision: number } | Exclude<OnRecord, { kind: "recorded" }>
  > {
    const answer = await this.ask((member) => member.get(etcdKey));
    if (answer.kind !== "answered") return { kind: "unavailable", reason: `etcd: ${answer.reason}` };
    if (answer.value === undefined) return { kind: "read", fingerprints: {}, revision: 0 };
    const parsed = recordedSchema.safeParse(json(answer.value.text));
    if (!parsed.success)
      return { kind: "halt", reason: `${etcdKey} in etcd holds something that no agent wrote: restore it from a snapshot` };
    return { kind: "read", fingerprints: parsed.data, revision: answer.value.revision };
  }

  private async ask<T>(call: (member: EtcdClient) => Promise<EtcdAnswer<T>>): Promise<EtcdAnswer<T>> {
    const reasons: string[] = [];
    for (const member of this.members) {
      const answer = await call(member);
      if (answer.kind === "answered") {
        this.members = [member, ...this.members.filter((other) => other !== member)];
        return answer;
      }
      reasons.push(answer.reason);
    }
    return { kind: "unavailable", reason: reasons.join("; ") };
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(read: Exclude<Awaited<ReturnType<typeof readEpoch>>, { kind: "found" }>): OnRecord {
  if (read.kind === "absent") return { kind: "unavailable", reason: "there is no epoch yet" };
  return read.kind === "torn" ? { kind: "halt", reason: `the epoch is not readable: ${read.reason}` } : read;
}
