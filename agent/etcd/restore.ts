import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Epoch } from "../../constructs/spec/store";
import { synced } from "../pki/place";
import type { FileStore } from "../store/files";
import { keys } from "../store/keys";
import { run } from "../run";
import { incarnationFile, type Incarnation } from "./data";
import type { SeatDisk } from "./disk";
import { initialCluster } from "./environment";
import { segmentsOf } from "./wal";

export interface RestoreInput {
  readonly seat: string;
  readonly peerUrl: string;
  readonly epoch: Epoch;
  readonly disk: SeatDisk;
  readonly store: FileStore;
  readonly etcdutl: string;
  /** `etcd:etcd` */
  readonly owner: string;
}

/** Why there are no restored data; undefined when they are in their place. */
type Reason = string | undefined;

/**
 * The snapshot that an epoch names, as the data of this seat: put together beside them, and in their place only when all of
 * it is on the disk. Who dies on the way begins anew.
 */
export async function restore(input: RestoreInput): Promise<Reason> {
  const { epoch, disk, store, seat } = input;
  if (!epoch.restore) return `epoch ${epoch.number} names no snapshot`;
  const { snapshot, sha256, bumpRevision } = epoch.restore;
  const key = dataKeyOf(snapshot);
  if (key === undefined) return `${snapshot} is no key of a snapshot`;
  const [file, data] = [join(disk.restoring, "snapshot.db"), join(disk.restoring, "data")];
  await rm(disk.restoring, { recursive: true, force: true });
  await mkdir(disk.restoring, { mode: 0o700 });
  const found = await store.getFile(key, file);
  if (found.kind !== "found") return `${key}: ${found.kind === "absent" ? "absent" : found.reason}`;
  if (found.sha256 !== sha256) return `${key} has digest ${found.sha256}, and the epoch names ${sha256}`;
  const restored = await run(input.etcdutl, [
    ...["snapshot", "restore", file, `--data-dir=${data}`, `--name=${seat}`],
    ...[`--initial-cluster=${initialCluster(epoch.seats)}`, `--initial-cluster-token=${epoch.token}`],
    ...[`--initial-advertise-peer-urls=${input.peerUrl}`, `--bump-revision=${bumpRevision}`, "--mark-compacted"],
  ]);
  if (restored.code !== 0) return `etcdutl snapshot restore: ${restored.said}`;
  await rm(file);
  await writeIncarnation(data, epoch);
  const owned = await run("chown", ["-R", input.owner, data]);
  if (owned.code !== 0) return `chown: ${owned.said}`;
  await syncAll(data);
  if ((await segmentsOf(join(disk.data, "member/wal"))).length > 0) return "there are data already";
  await rm(disk.data, { recursive: true, force: true });
  await rename(data, disk.data);
  await synced(disk.folder);
  await rm(disk.restoring, { recursive: true, force: true });
  return undefined;
}

/** Before etcd first starts in the folder: later nobody could tell which epoch its data are of. */
export async function writeIncarnation(folder: string, { number, token }: Epoch): Promise<void> {
  const incarnation: Incarnation = { number, token };
  const path = join(folder, incarnationFile);
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(incarnation)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await synced(folder);
}

// The epoch names the record; its data lie beside it.
function dataKeyOf(record: string): string | undefined {
  const [, epoch, revision] = /^snapshots\/(\d+)\/(\d+)\.json$/.exec(record) ?? [];
  return epoch && revision ? keys.snapshotData(Number(epoch), Number(revision)) : undefined;
}

async function syncAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    await synced(join(entry.parentPath, entry.name));
  }
  await synced(folder);
}
