import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Depot } from "../../../agent/artifacts";
import type { FileStore } from "../../../agent/store/files";

export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

type Failed = Awaited<ReturnType<FileStore["getFile"]>>;

/** A store in a folder. */
export class FolderStore implements FileStore {
  puts = 0;
  /** What every call answers instead. */
  failure?: Extract<Failed, { kind: "unavailable" | "forbidden" }>;

  constructor(readonly folder: string) {}

  at(key: string): string {
    return join(this.folder, key.replaceAll("/", "_"));
  }

  getFile(key: string, path: string): Promise<Failed> {
    if (this.failure) return Promise.resolve(this.failure);
    if (!existsSync(this.at(key))) return Promise.resolve({ kind: "absent" });
    copyFileSync(this.at(key), path);
    return Promise.resolve({ kind: "found", sha256: sha256(readFileSync(path)) });
  }

  putFileIfAbsent(key: string, path: string): ReturnType<FileStore["putFileIfAbsent"]> {
    if (this.failure) return Promise.resolve(this.failure);
    this.puts += 1;
    if (existsSync(this.at(key))) return Promise.resolve({ kind: "conflict" });
    copyFileSync(path, this.at(key));
    return Promise.resolve({ kind: "written", version: "1" });
  }
}

/** Machines with one store, and an upstream that counts. */
export class Site {
  readonly root = mkdtempSync(join(tmpdir(), "coppice-"));
  readonly store: FolderStore;
  readonly asked: string[] = [];
  /** What upstream has; a function speaks for itself. */
  readonly upstream = new Map<string, Buffer | "cut" | "silent" | { readonly to: string } | number>();
  endpoint = "";
  private readonly server: Server;

  constructor() {
    mkdirSync(join(this.root, "store"));
    this.store = new FolderStore(join(this.root, "store"));
    this.server = createServer(({ url = "" }, response) => {
      this.asked.push(url);
      const found = this.upstream.get(url) ?? 404;
      if (typeof found === "number") response.writeHead(found).end("no");
      else if (found === "silent") return;
      else if (found === "cut") {
        response.writeHead(200, { "content-length": "100000" }).write("x".repeat(1000));
        setTimeout(() => response.destroy(), 20);
      } else if ("to" in found) response.writeHead(302, { location: found.to }).end();
      else response.writeHead(200, { "content-length": found.length }).end(found);
    });
  }

  async begin(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.endpoint = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async end(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.root, { recursive: true });
  }

  machine(name: string): Depot & { readonly root: string } {
    const root = join(this.root, name);
    return { store: this.store, folder: join(root, "opt/coppice/downloads"), architecture: "amd64", root, idleMs: 300 };
  }

  /** Something that upstream serves. */
  offer(path: string, bytes: Buffer): { url: string; sha256: string } {
    this.upstream.set(path, bytes);
    return { url: this.endpoint + path, sha256: sha256(bytes) };
  }

  write(name: string, bytes: Buffer): string {
    const path = join(this.root, name);
    writeFileSync(path, bytes);
    return path;
  }
}
