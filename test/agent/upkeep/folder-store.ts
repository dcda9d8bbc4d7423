import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileStore } from "../../../agent/store/files";
import { MemoryStore } from "../../../agent/store/memory";
import type { Writing } from "../../../agent/store/store";

/**
 * The store in memory with files beside it: the conditions of a real one, and its refusal of bytes that are not those that
 * were promised, but no network, no stream that breaks off, and no limit of size.
 */
export class FolderStore extends MemoryStore implements FileStore {
  readonly folder = mkdtempSync(join(tmpdir(), "coppice-store-"));

  async getFile(key: string, path: string): ReturnType<FileStore["getFile"]> {
    const found = await this.get(key);
    if (found.kind === "absent") return { kind: "absent" };
    if (found.kind !== "found") return found;
    copyFileSync(join(this.folder, found.body), path);
    return { kind: "found", sha256: digest(path) };
  }

  async putFileIfAbsent(key: string, path: string, sha256: string): Promise<Writing> {
    if (digest(path) !== sha256) return { kind: "unavailable", reason: "400 XAmzContentSHA256Mismatch" };
    const written = await this.putIfAbsent(key, sha256);
    if (written.kind === "written") copyFileSync(path, join(this.folder, sha256));
    return written;
  }

  /** What of the files the store holds is on the disk here. */
  has(sha256: string): boolean {
    return existsSync(join(this.folder, sha256));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function digest(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
