import type { Fsyncs } from "./etcd-metrics";

/** A bound of etcd's own histogram. An election begins after 1 s of silence. */
const slowSeconds = 1.024;
/** Fewer in one window may be anything. */
const fewSlow = 3;

export interface DiskPace {
  /** Seconds within which 99 of 100 writes of the window were on the disk; infinite beyond the last bound of the histogram. */
  readonly p99: number;
  /** More than one write of a hundred took longer than a second. */
  readonly slow: boolean;
}

/** How fast the disk of the write-ahead log was between two readings; undefined without a write, and when the member has started anew. */
export function diskPace(before: Fsyncs, after: Fsyncs): DiskPace | undefined {
  const all = after.all - before.all;
  if (all <= 0) return undefined;
  const within = (bound: number) => (after.within.get(bound) ?? 0) - (before.within.get(bound) ?? 0);
  const bounds = [...after.within.keys()].sort((a, b) => a - b);
  const slow = all - within(slowSeconds);
  return { p99: bounds.find((bound) => within(bound) >= 0.99 * all) ?? Infinity, slow: slow >= fewSlow && slow > 0.01 * all };
}
