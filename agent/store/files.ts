import type { Failure, Writing } from "./store";

/** The same store for objects that are too large for memory: artifacts and snapshots. At most 5 GiB, the limit of one put to S3. */
export interface FileStore {
  /** Into a file, with the digest of what came: the caller knows which one it has to be. */
  getFile(key: string, path: string): Promise<{ readonly kind: "found"; readonly sha256: string } | { readonly kind: "absent" } | Failure>;
  putFileIfAbsent(key: string, path: string, sha256: string): Promise<Writing>;
}
