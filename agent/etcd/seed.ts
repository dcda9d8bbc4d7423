import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, rm, stat, statfs } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import type { Epoch, SnapshotRecord } from "../../constructs/spec/store";
import { newestVerified } from "../snapshots";
import type { FileStore } from "../store/files";
import type { Objects } from "../store/objects";
import { publishSnapshot, saveSnapshot, verifySnapshot, type EtcdTools, type Failed, type Saved } from "../upkeep/snapshot-files";
import { run } from "../run";
import { DataFolder } from "./data";
import type { SeatDisk } from "./disk";

export interface SeedInput {
  readonly epoch: Epoch;
  readonly disk: SeatDisk;
  readonly store: FileStore;
  readonly objects: Objects;
  readonly etcd: string;
  readonly tools: EtcdTools;
  /** On the root disk: the volume has room for the copy and the snapshot, and no more. */
  readonly scratch: string;
}

export type Seed = { readonly kind: "saved"; readonly record: SnapshotRecord } | Failed;

/** A log that is begun, and what the database grows by while the log is taken in. */
const beside = 256 * 2 ** 20;

/**
 * The data of a stopped member as a verified snapshot in the store. They are not touched: a copy of them runs alone, which
 * takes the whole log into the database. A snapshot of this epoch that holds more comes before it.
 */
export async function saveSeed(input: SeedInput): Promise<Seed> {
  const { epoch, disk, objects, scratch, tools } = input;
  try {
    await disk.tidy();
    await mkdir(disk.seeding, { mode: 0o700 });
    const source = await new DataFolder(disk.data).read(false);
    if (source.data.state !== "valid") return failed(`the data are ${source.data.state}${source.reason ? `: ${source.reason}` : ""}`);
    const { term, index } = source.data;
    if (source.data.epoch !== epoch.number || source.data.token !== epoch.token) return failed("the data are of another epoch");
    const room = await missingRoom(disk);
    if (room !== undefined) return failed(room);
    const takenAt = instant(objects);
    const file = join(disk.seeding, "snapshot.db");
    const saved = await runAlone(input, file);
    if (saved.kind === "failed") return saved;
    const newest = await newestVerified(objects);
    if (newest === "unknown") return failed("which snapshots there are is not known");
    if (newest !== "none" && newest.epoch === epoch.number && newest.revision > saved.revision) return { kind: "saved", record: newest };
    const verify = (path: string) => verifySnapshot(tools.etcdutl, path, scratch, "repair");
    const verified = await verify(file);
    if (verified.kind === "failed") return verified;
    const { revision, bytes, sha256 } = saved;
    const record = { epoch: epoch.number, revision, term, index, sha256, bytes, takenAt, verifiedAt: instant(objects) };
    const published = await publishSnapshot(input.store, objects, file, record, verify);
    return published.kind === "failed" ? published : { kind: "saved", record: published.record };
  } finally {
    await disk.tidy();
    await rm(scratch, { recursive: true, force: true });
  }
}

// Nobody but this agent reaches it: it listens on sockets in a folder of its own, with no port and no certificate.
async function runAlone({ disk, etcd, tools }: SeedInput, file: string): Promise<Saved> {
  const data = join(disk.seeding, "data");
  const copied = await run("cp", ["--archive", "--reflink=auto", disk.data, data]);
  if (copied.code !== 0) return failed(`cp: ${copied.said}`);
  const copy = new DataFolder(data);
  await copy.read(false);
  await copy.commitAll();
  await copy.forgetSnapshots();
  const { uid, gid } = await stat(disk.data);
  const sockets = join(disk.seeding, "sockets");
  await mkdir(sockets, { mode: 0o700 });
  await run("chown", [`${uid}:${gid}`, disk.seeding, sockets]);
  const [client, peer] = [`unix://${sockets}/client`, `unix://${sockets}/peer`];
  const child = spawn(
    etcd,
    [
      ...[`--data-dir=${data}`, "--force-new-cluster", "--unsafe-no-fsync", "--log-level=error"],
      ...[`--listen-client-urls=${client}`, `--listen-peer-urls=${peer}`],
      // etcd wants one of a host; nobody is told of it.
      "--advertise-client-urls=http://localhost:2379",
    ],
    { uid, gid, env: {}, stdio: ["ignore", "ignore", "pipe"] },
  );
  let words = "";
  child.stderr.on("data", (text: Buffer) => (words = `${words}${text.toString("utf8")}`.slice(-wordsKept)));
  const ended = new Promise<Failed>((resolve) => {
    child.once("error", (reason) => resolve(failed(`etcd: ${reason.message}`)));
    child.once("exit", (code, signal) => resolve(failed(`etcd on the copy ended with ${code ?? signal}: ${words.trim()}`)));
  });
  const { size } = await stat(join(data, "member/snap/db"));
  // etcdctl would wait for a member that has ended, and come in the way of whoever tries again.
  const serves = await untilServing(child, join(sockets, "client"));
  if (serves === "ended") return ended;
  const saved =
    serves === "late" ? failed("etcd on the copy does not serve") : await saveSnapshot(tools, client, undefined, file, size, "repair");
  child.kill("SIGKILL");
  await ended;
  return saved;
}

const wordsKept = 1_000;
/** For the whole log to be taken in: four files of 64 MB, and an election of one. */
const servingMs = 5 * 60_000;

async function untilServing(child: ChildProcess, socketPath: string): Promise<"serves" | "ended" | "late"> {
  const end = performance.now() + servingMs;
  while (performance.now() < end) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return "ended";
    if (await answers(socketPath)) return "serves";
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return "late";
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: "/version", timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.once("timeout", () => asked.destroy());
    asked.once("error", () => resolve(false));
    asked.end();
  });
}

async function missingRoom({ folder, data }: SeatDisk): Promise<string | undefined> {
  const { bavail, bsize } = await statfs(folder);
  const used = await run("du", ["--summarize", "--bytes", data]);
  const database = await stat(join(data, "member/snap/db")).then(
    ({ size }) => size,
    () => 0,
  );
  const needed = (Number.parseInt(used.out, 10) || 0) + database + beside;
  return bavail * bsize < needed ? `the volume has ${bavail * bsize} bytes free, and ${needed} are needed` : undefined;
}

function instant(objects: Objects): string {
  return new Date(objects.now() ?? 0).toISOString();
}

function failed(reason: string): Failed {
  return { kind: "failed", reason };
}
