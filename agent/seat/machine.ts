import type { Epoch, SnapshotRecord, Vote } from "../../constructs/spec/store";
import type { Disk, Etcd, Marker, Member, Peer, Sighting } from "../observation";

/** What an agent on an etcd seat can see of its machine and do to it. Everything that is written is on the disk when a call returns. */
export interface SeatMachine {
  /** Milliseconds since any point; never set back, unlike the machine's clock. */
  monotonic(): number;
  /** 128 random bits, as 32 hexadecimal digits. */
  random(): string;

  readDisk(): Promise<Disk>;
  /** A file system, only on a volume that holds nothing at all. */
  makeFileSystem(): Promise<void>;
  writeMarker(marker: Marker): Promise<void>;
  writeFence(vote: Vote): Promise<void>;
  removeFence(): Promise<void>;
  /** On the machine's own disk, which a machine that boots without the store has kept. */
  readSighting?(): Promise<Sighting | "none">;
  writeSighting?(sighting: Sighting): Promise<void>;
  /** Moves the data aside; one archive is kept. */
  archive(): Promise<void>;
  /** The snapshot that the epoch names, verified, into a temporary folder; fsync; renamed to the epoch's folder. */
  restore(epoch: Epoch): Promise<"restored" | "failed">;
  /** The data of the stopped member, run alone on a copy, saved and uploaded; its record, or none when the store did not take it. */
  saveSeed(epoch: Epoch): Promise<SnapshotRecord | undefined>;

  etcd(): Promise<Etcd>;
  startEtcd(epoch: Epoch, as: "new" | "existing"): Promise<void>;
  stopEtcd(): Promise<void>;
  /** Stops it unless it has a leader by now; answers whether it is stopped. */
  stopLeaderlessEtcd(): Promise<boolean>;
  /** From any peer, linearizably; undefined without quorum. */
  members(epoch: Epoch): Promise<readonly Member[] | undefined>;
  /** Each answers whether etcd took it. A call that times out may still be taken within the permit's margin. */
  removeMember(id: string): Promise<boolean>;
  addLearner(epoch: Epoch): Promise<boolean>;
  promote(id: string): Promise<boolean>;
  /** The id of the cluster that the running member belongs to. */
  clusterId(): Promise<string | undefined>;

  /** What the agents of the other seats know of epochs; those that do not answer are left out. */
  peers(): Promise<ReadonlyMap<string, Peer>>;
}
