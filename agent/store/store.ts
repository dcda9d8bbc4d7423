/**
 * The cluster store: objects with compare-and-swap. S3 and GCS are strongly consistent, so a get sees every put that was
 * answered before it. A call never throws for what a store can answer; what went wrong is part of the answer.
 *
 *   conflict      the condition of the put did not hold: somebody else was first
 *   unavailable   no answer, or 5xx: a put may have been done all the same, now or a little later
 *   forbidden     answered, and refused: rights or credentials
 */
export interface Store {
  get(key: string): Promise<Reading>;
  putIfAbsent(key: string, body: string): Promise<Writing>;
  putIfMatch(key: string, body: string, version: string): Promise<Writing>;
  /** Keys under a prefix, sorted. */
  list(prefix: string): Promise<Listing>;
  /** Deleting what is absent is done. */
  delete(key: string): Promise<Deleting>;
}

export type Failure = { readonly kind: "unavailable"; readonly reason: string } | { readonly kind: "forbidden"; readonly reason: string };

/** `now` is the store's own clock, in milliseconds since 1970, as its answer carries it. */
export interface Absent {
  readonly kind: "absent";
  readonly now: number;
}

export type Reading = { readonly kind: "found"; readonly body: string; readonly version: string; readonly now: number } | Absent | Failure;
export type Writing = { readonly kind: "written"; readonly version: string } | { readonly kind: "conflict" } | Failure;
export type Listing = { readonly kind: "listed"; readonly keys: readonly string[] } | Failure;
export type Deleting = { readonly kind: "deleted" } | Failure;
