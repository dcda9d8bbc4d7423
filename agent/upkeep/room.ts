import type { EtcdStatus } from "../etcd/client";
import type { UpkeepTimes } from "./times";

type Sizes = Pick<EtcdStatus, "dbSize" | "dbSizeInUse" | "dbSizeQuota">;

/** What one decision about the room in a member's database rests on. Ages are in seconds. */
export interface RoomView extends Sizes {
  readonly self: string;
  readonly leads: boolean;
  readonly revision: number;
  /** Members, by id, whose database is full: while there is one, etcd takes no write of a key. */
  readonly full: readonly string[];
  /** Members, by id, as far as they are known. */
  readonly members?: readonly string[];
  /** A revision that API servers should have compacted by now, and have not. */
  readonly overdue?: number;
  readonly compactedAgo?: number;
  readonly defragmentedAgo?: number;
  /** Whether anything was compacted since this member defragmented. */
  readonly forgotten?: boolean;
  /** For how long other members have had as much to defragment as the leader. */
  readonly othersFor?: number;
}

export type RoomStep =
  | { readonly kind: "rest" }
  | { readonly kind: "compact"; readonly revision: number; readonly why: string }
  | { readonly kind: "defragment"; readonly why: "defragment" | "nospace" }
  /** The leader is last, so that leadership moves once. */
  | { readonly kind: "wait"; readonly message: string }
  | { readonly kind: "disarm"; readonly member: string }
  /** Nothing is left that an agent may do. */
  | { readonly kind: "full"; readonly message: string };

/** Of the quota: from here on a member makes room. */
const crowded = 0.8;
/** Of the quota: below it, writes may go on. */
const relieved = 0.9;
/** Of the quota: room that is not worth a defragmentation even when everything stands still. */
const crumbs = 0.01;
/** Of the database: room that is worth one in quiet times. */
const worthwhile = 0.1;
/** A database smaller than that may be half empty. */
const small = 100 * 2 ** 20;

/** One step towards room in the database, before etcd runs out of it or after. */
export function roomStep(view: RoomView, times: UpkeepTimes): RoomStep {
  return view.full.length > 0 ? rescue(view, times) : keepRoom(view, times);
}

/** Whether a member has room to win by a defragmentation; while a member is full, less is enough. */
export function isWorthDefragmenting({ dbSize, dbSizeInUse, dbSizeQuota }: Sizes, full: boolean): boolean {
  const free = dbSize - dbSizeInUse;
  if (dbSize > crowded * dbSizeQuota && free > (full ? crumbs * dbSizeQuota : worthwhile * dbSize)) return true;
  return !full && dbSize > 2 * dbSizeInUse && dbSize > small;
}

// API servers cannot compact now: they write a key of their own before they do.
function rescue(view: RoomView, times: UpkeepTimes): RoomStep {
  const { self, full, members, dbSize, dbSizeQuota } = view;
  if ((view.compactedAgo ?? Infinity) > times.betweenRescues)
    return { kind: "compact", revision: view.revision, why: "the database of a member is full" };
  const { defragmentedAgo = Infinity, forgotten } = view;
  // etcd counts what a compaction freed as free with the next write, and now there is none.
  const blindly = forgotten && dbSize > crowded * dbSizeQuota && defragmentedAgo > times.betweenBlindRescues;
  if (isWorthDefragmenting(view, true) || blindly) {
    if (defragmentedAgo <= times.betweenRescues) return { kind: "rest" };
    return leaderLast(view, times) ?? { kind: "defragment", why: "nospace" };
  }
  const gone = full.find((id) => members && !members.includes(id));
  if (gone !== undefined) return { kind: "disarm", member: gone };
  if (!full.includes(self)) return { kind: "rest" };
  if (dbSize < relieved * dbSizeQuota) return { kind: "disarm", member: self };
  return { kind: "full", message: "the keys in use fill the quota of etcd: delete what is not needed, or raise etcd.quotaGiB" };
}

function keepRoom(view: RoomView, times: UpkeepTimes): RoomStep {
  const { overdue, dbSizeInUse, dbSizeQuota } = view;
  if (view.leads && overdue !== undefined && dbSizeInUse > crowded * dbSizeQuota)
    return { kind: "compact", revision: overdue, why: "no API server has compacted for too long" };
  if (!isWorthDefragmenting(view, false) || (view.defragmentedAgo ?? Infinity) <= times.betweenDefragmentations) return { kind: "rest" };
  return leaderLast(view, times) ?? { kind: "defragment", why: "defragment" };
}

function leaderLast({ leads, othersFor }: RoomView, times: UpkeepTimes): RoomStep | undefined {
  if (!leads || othersFor === undefined || othersFor > times.leaderLast) return undefined;
  return { kind: "wait", message: "other members make room first, as this one leads" };
}
