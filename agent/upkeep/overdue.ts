/** What the compaction of API servers looked like when it last moved. */
export interface Compactions {
  readonly compacted: number;
  /** The newest revision then. */
  readonly revision: number;
  /** Milliseconds, monotonic. */
  readonly at: number;
}

/** Takes up a look at etcd: anything that is compacted begins the wait anew. */
export function nextCompactions(before: Compactions | undefined, compacted: number, revision: number, at: number): Compactions {
  return before?.compacted === compacted ? before : { compacted, revision, at };
}

/** A revision that was the newest one so long ago that API servers should have compacted it by now. */
export function overdueRevision(seen: Compactions | undefined, withinSeconds: number, at: number): number | undefined {
  if (!seen || at - seen.at <= withinSeconds * 1000 || seen.revision <= seen.compacted) return undefined;
  return seen.revision;
}
