import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { exchange, patience } from "./store/exchange";
import type { FileStore } from "./store/files";

export interface Download {
  /** Absent for what only the store has. */
  readonly url?: string;
  readonly sha256: string;
}

/** Where artifacts come from, and where they go. */
export interface Depot {
  readonly store: FileStore;
  /** Where downloads grow; on the disk of the programs, so that a rename is enough. */
  readonly folder: string;
  readonly architecture: "amd64" | "arm64";
  /** Before every path of an installation. @default "" */
  readonly root?: string;
  readonly idleMs?: number;
}

export type Taken =
  | { readonly kind: "taken"; readonly path: string; readonly from: "disk" | "store" | "upstream" }
  /** No source had it with its digest; what each of them said. */
  | { readonly kind: "missing"; readonly reason: string };

export const artifactKey = (sha256: string): string => `artifacts/${sha256}`;

/**
 * A verified file under its digest in the depot's folder: from the store, else from its URL, which already is the
 * mirror's where there is one. What comes from the URL has a second name from then on, under which `share` finds it.
 */
export async function take(depot: Depot, { url, sha256 }: Download): Promise<Taken> {
  const path = join(depot.folder, sha256);
  if ((await digestOf(path)) === sha256) return { kind: "taken", path, from: "disk" };
  await mkdir(depot.folder, { recursive: true, mode: 0o700 });
  const aside = join(depot.folder, `.${sha256}-${randomBytes(6).toString("hex")}`);
  try {
    const fromStore = wrong(sha256, await fetchFromStore(depot, sha256, aside));
    if (fromStore === undefined) {
      await rename(aside, path);
      return { kind: "taken", path, from: "store" };
    }
    if (url === undefined) return { kind: "missing", reason: `store: ${fromStore}` };
    const fromUrl = wrong(sha256, await fetchFrom(url, aside, depot.idleMs ?? patience.idleMs));
    if (fromUrl !== undefined) return { kind: "missing", reason: `store: ${fromStore}; ${url}: ${fromUrl}` };
    await link(aside, join(depot.folder, `${sha256}${toShare}`)).catch(unless("EEXIST"));
    await rename(aside, path);
    return { kind: "taken", path, from: "upstream" };
  } finally {
    await rm(aside, { force: true });
  }
}

/** Behind the digest of what no other machine had put into the store. */
const toShare = ".to-share";

/**
 * Puts into the store, for all others, what this machine had from upstream. Machines that began at once each do so in an order
 * of their own, so that most of it goes once. @returns what could not be put, with the store's reason; it is there for the next time
 */
export async function share({ folder, store }: Depot): Promise<readonly string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(toShare));
  const order = new Map(names.map((name) => [name, Math.random()]));
  const failed: string[] = [];
  for (const name of names.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))) {
    const [path, sha256] = [join(folder, name), name.slice(0, -toShare.length)];
    const put = await store.putFileIfAbsent(artifactKey(sha256), path, sha256);
    if (put.kind === "written" || put.kind === "conflict") await rm(path, { force: true });
    else failed.push(`${sha256}: ${put.reason}`);
  }
  return failed;
}

/** The digest of what came, or what a source had to say instead of it. */
type Fetched = { readonly sha256: string } | { readonly reason: string };

async function fetchFromStore({ store }: Depot, sha256: string, path: string): Promise<Fetched> {
  const found = await store.getFile(artifactKey(sha256), path);
  return found.kind === "absent" ? { reason: "absent" } : found;
}

/** Release pages send downloads elsewhere, a few times at most. */
const redirects = 5;

async function fetchFrom(url: string, path: string, idleMs: number, left = redirects): Promise<Fetched> {
  const answer = await exchange({ method: "GET", url: new URL(url), into: path, patienceMs: idleMs });
  if (answer.kind === "unanswered") return answer;
  if (answer.sha256 !== undefined) return { sha256: answer.sha256 };
  const { location } = answer.headers;
  if (answer.status < 300 || answer.status > 399 || location === undefined) return { reason: String(answer.status) };
  return left > 0 ? fetchFrom(new URL(location, url).href, path, idleMs, left - 1) : { reason: `more than ${redirects} redirects` };
}

/** Why what was fetched is not the file; undefined when it is. */
function wrong(sha256: string, fetched: Fetched): string | undefined {
  if ("reason" in fetched) return fetched.reason;
  return fetched.sha256 === sha256 ? undefined : `its digest is ${fetched.sha256}`;
}

/** Into its place by one rename, when every byte of it is on the disk. */
export async function settle(aside: string, path: string): Promise<string> {
  const file = await open(aside, "r");
  await file.sync().finally(() => file.close());
  await rename(aside, path);
  return path;
}

/** Undefined when there is no such file. */
export async function digestOf(path: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    for await (const bytes of createReadStream(path) as AsyncIterable<Buffer>) hash.update(bytes);
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw reason;
  }
  return hash.digest("hex");
}

function unless(code: string): (reason: unknown) => void {
  return (reason) => {
    if ((reason as NodeJS.ErrnoException).code !== code) throw reason;
  };
}

/** Downloads that were cut off, of an agent that no longer runs. */
export async function tidy({ folder }: Depot): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.startsWith(".")) await rm(join(folder, name), { recursive: true, force: true });
  }
}
