import type { Failure, Writing } from "./store";

/** The same store for objects that are too large for memory: artifacts and snapshots. At most 5 GiB, the limit of one put to S3. */
export interface FileStore {
  /** Into a file that is complete or must not be used: the caller verifies its digest. */
  getFile(key: string, path: string): Promise<{ readonly kind: "found" } | { readonly kind: "absent" } | Failure>;
  putFileIfAbsent(key: string, path: string, sha256: string): Promise<Writing>;
}
