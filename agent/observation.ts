import type { Approval, DiskReport, Epoch, Recovery, SeatStatus, SnapshotRecord, Vote } from "../constructs/spec/store";
import type { Read } from "./store/objects";

/** Everything that one decision about an etcd seat rests on. Ages and durations are in seconds. */
export interface Observation {
  readonly cluster: string;
  readonly seat: string;
  readonly peerUrl: string;
  /** The seats of the role configuration: used until an epoch has its own list, and by a seat that is not on that list yet. */
  readonly configured: Epoch["seats"];
  readonly disk: Disk;
  /** Absent where the machine keeps none. */
  readonly sighting?: Sighting | "none";
  readonly etcd: Etcd;
  readonly epoch: Read<Epoch>;
  readonly recovery: Read<Recovery>;
  /** Set while this seat holds the permit to change its membership: seconds left of it. */
  readonly permitLeft?: number;
  /** Of the round that `recovery` names. */
  readonly votes: ReadonlyMap<string, Vote>;
  readonly statuses: ReadonlyMap<string, { readonly status: SeatStatus; readonly age: number }>;
  /** What peers that answered know, asked before the epoch was read: what they know and the store does not, the store has lost. */
  readonly peers: ReadonlyMap<string, Peer>;
  /** Of etcd, read linearizably: known only while there is a quorum. */
  readonly members?: readonly Member[];
  /** Whether the store holds what the pipeline put there, `desired/etcd`; looked for only while there is no epoch. */
  readonly desired?: "there" | "absent" | "unknown";
  readonly snapshot: SnapshotRecord | "none" | "unknown";
  readonly approval?: Approval;
  /** How long nothing has moved without quorum while all seats reported (T_q); without an epoch, how long the same seats have answered. */
  readonly quiet: number;
  /** The store's clock in milliseconds since 1970; undefined until it was heard. */
  readonly now?: number;
}

/**
 * What a machine keeps on its own disk, beside the seat's volume: the volume that its seat last went on with, or voted with.
 * A machine that boots without the store knows by it whether an earlier volume of the seat has come back.
 */
export interface Sighting {
  readonly disk: string;
  readonly epoch: number;
}

/** What the agent of another seat answers. */
export interface Peer {
  /** The newest epoch on its disk. */
  readonly known?: EpochIdentity;
  /** It has voted on giving that epoch up, and holds still. */
  readonly fenced: boolean;
  /** It has no volume yet, so that nobody knows what is on its disk. */
  readonly diskless?: boolean;
}

export interface EpochIdentity {
  readonly number: number;
  readonly token: string;
  /** Absent until the first member ran. */
  readonly clusterId?: string | undefined;
}

/**
 * On the disk of a seat, written when it is formatted. `known` is the newest epoch that the seat has read in the store;
 * `joined` the one that its joining is on record in. Only a disk whose two agree may start a member.
 */
export interface Marker {
  readonly cluster: string;
  readonly seat: string;
  readonly disk: string;
  readonly known?: EpochIdentity;
  readonly joined?: EpochIdentity;
}

export interface Disk {
  /** `blank` holds no file system at all, and alone may be formatted; `foreign` holds something that no agent wrote. */
  readonly volume: "missing" | "blank" | "formatted" | "foreign";
  readonly marker?: Marker | "garbage";
  /** The vote that holds this seat still. */
  readonly fence?: Vote | "garbage";
  readonly data: Data;
}

export type Data = { readonly state: "empty" } | { readonly state: "corrupt" } | MemberData;

/**
 * Data of one etcd member. Its folder is named by epoch number and token, so a restored one appears at once by a rename.
 * `voter` and `membership` are those of the last change at or below the commit index in the write-ahead log: every
 * append that a voter acknowledged carried a commit index at least as new as its own promotion.
 */
export interface MemberData {
  readonly state: "valid";
  readonly epoch: number;
  readonly token: string;
  readonly clusterId?: string;
  readonly member: string;
  readonly voter: boolean;
  readonly membership: { readonly index: number; readonly voters: readonly string[] };
  /** Of the last entry in the write-ahead log, as raft compares logs; not the term that the member had last heard of. */
  readonly term: number;
  readonly index: number;
  readonly revision: number;
}

/** The seat's own etcd process. */
export interface Etcd {
  readonly running: boolean;
  readonly leader: boolean;
  /** It learned from the others that its member was removed, and ended. */
  readonly removed: boolean;
  /** A learner that holds all that the leader has. */
  readonly inSync: boolean;
}

export interface Member {
  readonly id: string;
  /** Name of the seat; empty while the member has never started. */
  readonly name: string;
  readonly peerUrl: string;
  readonly learner: boolean;
  readonly healthy: boolean;
}

/** What counts on a disk in an epoch. `joined` names the disk that the seat last joined with: another one is a zombie. */
export function reportOf(disk: Disk, epoch: Epoch, seat: string): DiskReport {
  const { data, marker } = disk;
  if (data.state !== "valid" || !data.voter || marker === "garbage" || marker === undefined) return { data: "empty" };
  const joined = epoch.joined.find((entry) => entry.seat === seat);
  if (data.epoch !== epoch.number || data.token !== epoch.token || joined?.disk !== marker.disk) return { data: "empty" };
  const { member, term, index, revision, membership } = data;
  return {
    data: "valid",
    disk: marker.disk,
    member,
    term,
    index,
    revision,
    membership: { index: membership.index, voters: [...membership.voters] },
  };
}
