import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { snapshotRecord, type SnapshotRecord } from "../../constructs/spec/store";
import { digestOf } from "../artifacts";
import type { FileStore } from "../store/files";
import { keys } from "../store/keys";
import type { Objects } from "../store/objects";
import { ranAtPace, type Pace } from "./background";

/** Paths of etcd's own tools. */
export interface EtcdTools {
  readonly etcdctl: string;
  readonly etcdutl: string;
}

/** Paths of PEM files, for clients of etcd that are programs. */
export interface TlsPaths {
  readonly authorities: string;
  readonly certificate: string;
  readonly key: string;
}

export interface Failed {
  readonly kind: "failed";
  readonly reason: string;
}
export type Saved = ({ readonly kind: "saved" } & Pick<SnapshotRecord, "revision" | "bytes" | "sha256">) | Failed;
export type Verified = { readonly kind: "verified"; readonly revision: number } | Failed;

/** Of a machine whose processors are wanted elsewhere. */
const slowestBytesPerSecond = 5_000_000;
const leastMs = 10_000;
/** Of etcd's tools, for the largest database that etcd recommends, 8 GiB. */
const atMostMs = 30 * 60_000;

const status = z.object({ revision: z.int().min(0), totalKey: z.int().min(0) });

/**
 * The database of one member as it is now, in a file that is on the disk in full or not there.
 *
 * @param dbSize bytes of the database, which say how long this may take: etcdctl waits for ever for a member that is not there
 */
export async function saveSnapshot(
  tools: EtcdTools,
  endpoint: string,
  tls: TlsPaths | undefined,
  file: string,
  dbSize: number,
  pace: Pace = "background",
): Promise<Saved> {
  const forMs = leastMs + Math.ceil((dbSize / slowestBytesPerSecond) * 1000);
  const identity = tls ? [`--cacert=${tls.authorities}`, `--cert=${tls.certificate}`, `--key=${tls.key}`] : [];
  const place = [`--endpoints=${endpoint}`, `--command-timeout=${forMs}ms`, ...identity];
  // Ended by itself it leaves no half file.
  const saved = await ranAtPace(pace, tools.etcdctl, ["snapshot", "save", file, ...place], forMs + leastMs);
  if (!saved.ok) return failed(`etcdctl snapshot save: ${saved.said}`);
  const looked = await asked(pace, tools.etcdutl, ["snapshot", "status", file], status);
  if ("kind" in looked) return looked;
  const sha256 = await digestOf(file);
  if (sha256 === undefined) return failed(`${file} is gone`);
  return { kind: "saved", revision: looked.revision, bytes: (await stat(file)).size, sha256 };
}

/**
 * Restores a snapshot beside everything else and compares. Three things must hold: every page of the database is sound
 * (`status` walks through them); every byte that the restore has written is the one that etcd summed up when it sent the
 * snapshot (the restore reads its own copy back for that); and what came out has the same revision and as many keys. What
 * was wrong in the member's own memory before it made the sum cannot be seen here: etcd compares members with each other,
 * and raises an alarm.
 *
 * `etcdutl hashkv` would compare values once more, but it panics on keys with a lease, which Kubernetes has (3.6.14: "no
 * lessor to attach lease").
 *
 * Needs the room of the snapshot once more, and 64 MiB for a first write-ahead log.
 */
export async function verifySnapshot(etcdutl: string, file: string, scratch: string, pace: Pace = "background"): Promise<Verified> {
  const restored = join(scratch, "restored");
  try {
    await rm(scratch, { recursive: true, force: true });
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    const before = await asked(pace, etcdutl, ["snapshot", "status", file], status);
    if ("kind" in before) return before;
    const done = await ranAtPace(pace, etcdutl, ["snapshot", "restore", file, `--data-dir=${restored}`], atMostMs);
    if (!done.ok) return failed(`etcdutl snapshot restore: ${done.said}`);
    const after = await asked(pace, etcdutl, ["snapshot", "status", join(restored, "member", "snap", "db")], status);
    if ("kind" in after) return after;
    // Members, which a restore writes anew, are not counted: keys of clients are.
    const same = after.revision === before.revision && after.totalKey === before.totalKey;
    if (!same) return failed(`the restored keys are others: ${JSON.stringify(after)} instead of ${JSON.stringify(before)}`);
    return { kind: "verified", revision: before.revision };
  } catch (reason) {
    return failed(`scratch restore: ${String(reason)}`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

export type Published =
  /** By whom does not matter: what the record says is in the store. */
  { readonly kind: "published"; readonly record: SnapshotRecord } | Failed;

/**
 * Puts a verified snapshot into the store, and then its record: who reads a record finds the data. Data of the same
 * revision without a record are what somebody else was about to publish, or left when it crashed. They may have other
 * bytes, so they are fetched, over the own file, and the record says what *they* are.
 */
export async function publishSnapshot(
  store: FileStore,
  objects: Objects,
  file: string,
  record: SnapshotRecord,
  verify: (file: string) => Promise<Verified>,
): Promise<Published> {
  const { epoch, revision } = record;
  const put = await store.putFileIfAbsent(keys.snapshotData(epoch, revision), file, record.sha256);
  if (put.kind === "written") return writeRecord(objects, record);
  if (put.kind !== "conflict") return failed(`upload: ${put.kind}, ${put.reason}`);
  const found = await objects.read(keys.snapshot(epoch, revision), snapshotRecord);
  if (found.kind === "found") return { kind: "published", record: found.value };
  if (found.kind !== "absent") return failed(`record: ${found.kind}, ${found.reason}`);
  const fetched = await store.getFile(keys.snapshotData(epoch, revision), file);
  if (fetched.kind !== "found") return failed(`data without a record: ${fetched.kind}`);
  const verified = await verify(file);
  if (verified.kind === "failed") return failed(`data without a record: ${verified.reason}`);
  if (verified.revision !== revision) return failed(`data without a record: they are of revision ${verified.revision}`);
  const { sha256 } = fetched;
  const { takenAt, verifiedAt } = record;
  const theirs = { epoch, revision, sha256, bytes: (await stat(file)).size, takenAt, ...(verifiedAt ? { verifiedAt } : {}) };
  return writeRecord(objects, theirs);
}

async function writeRecord(objects: Objects, record: SnapshotRecord): Promise<Published> {
  const written = await objects.create(keys.snapshot(record.epoch, record.revision), record);
  if (written.kind === "written" || written.kind === "conflict") return { kind: "published", record };
  return failed(`record: ${written.kind}, ${written.reason}`);
}

async function asked<T>(pace: Pace, etcdutl: string, args: readonly string[], schema: z.ZodType<T>): Promise<T | Failed> {
  const ran = await ranAtPace(pace, etcdutl, [...args, "--write-out=json"], atMostMs);
  const what = ["etcdutl", ...args.filter((word) => /^[a-z]+$/.test(word))].join(" ");
  if (!ran.ok) return failed(`${what}: ${ran.said}`);
  try {
    return schema.parse(JSON.parse(ran.said));
  } catch {
    return failed(`${what} said ${ran.said.slice(0, 200)}`);
  }
}

function failed(reason: string): Failed {
  return { kind: "failed", reason };
}
