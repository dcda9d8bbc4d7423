import { execFile } from "node:child_process";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Installation } from "../constructs/spec/role-configuration";
import { digestOf, take, type Depot } from "./artifacts";
import { said } from "./store/exchange";

export type Installed = { readonly kind: "installed" | "present" } | { readonly kind: "missing"; readonly reason: string };

/**
 * Puts the programs of an installation in their places, each by one rename; a running program keeps its old file. What was
 * installed, and with which digests, is noted in the depot, so that a program that changed since is put back.
 */
export async function install(depot: Depot, { name, from, install: places }: Installation): Promise<Installed> {
  const download = from[depot.architecture];
  const note = join(depot.folder, `${name}.installed`);
  if (await isInstalled(note, download.sha256, Object.values(places), depot)) return { kind: "present" };
  const taken = await take(depot, download);
  if (taken.kind === "missing") return { kind: "missing", reason: `${name}: ${taken.reason}` };
  const scratch = await mkdtemp(join(depot.folder, ".unpacked-"));
  try {
    const sources = await membersOf(taken.path, Object.keys(places), scratch);
    const digests: Record<string, string | undefined> = {};
    for (const [member, path] of Object.entries(places)) {
      digests[path] = await put(sources.get(member) ?? "", join(depot.root ?? "", path), member === "" ? download.sha256 : undefined);
    }
    await writeFile(`${note}.new`, JSON.stringify({ sha256: download.sha256, digests }));
    await rename(`${note}.new`, note);
  } catch (reason) {
    return { kind: "missing", reason: `${name}: ${said(reason)}` };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  await rm(taken.path, { force: true });
  return { kind: "installed" };
}

async function isInstalled(note: string, sha256: string, paths: readonly string[], depot: Depot): Promise<boolean> {
  try {
    const noted = JSON.parse(await readFile(note, "utf8")) as { sha256: string; digests: Record<string, string> };
    if (noted.sha256 !== sha256) return false;
    for (const path of paths) {
      const placed = join(depot.root ?? "", path);
      if (noted.digests[path] === undefined || (await digestOf(placed)) !== noted.digests[path]) return false;
      if (((await stat(placed)).mode & 0o777) !== 0o755) return false;
    }
    return true;
  } catch {
    // No note, or half of one: installed again.
    return false;
  }
}

/** By one rename: the download lies on the disk of the programs. */
async function put(source: string, target: string, known: string | undefined): Promise<string | undefined> {
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  await chmod(source, 0o755);
  const digest = known ?? (await digestOf(source));
  // Not synced, as the disk is busy enough: what a power cut tears is found by its digest at the next start, and had again.
  await rename(source, target);
  return digest;
}

/** The unpacked file of each member, by its pattern. The pattern `""` is the file itself. */
async function membersOf(archive: string, patterns: readonly string[], scratch: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (patterns.includes("")) return found.set("", archive);
  // All of it in one pass: to unpack takes longer than to write. Its digest is known by now.
  await run("tar", ["-xzf", archive, "-C", scratch, "--no-same-owner"]);
  const members = await readdir(scratch, { recursive: true });
  for (const pattern of patterns) {
    const matching = members.filter((member) => patternOf(pattern).test(member));
    const [member] = matching;
    if (member === undefined || matching.length > 1) throw new Error(`${matching.length} members of the archive match ${pattern}`);
    const file = join(scratch, member);
    if (!(await lstat(file)).isFile()) throw new Error(`${member} is no file`);
    found.set(pattern, file);
  }
  return found;
}

/** `*` stands for one folder. */
function patternOf(pattern: string): RegExp {
  const parts = pattern.split("/").map((part) => (part === "*" ? "[^/]+" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  return new RegExp(`^${parts.join("/")}$`);
}

const execute = promisify(execFile);

async function run(program: string, args: readonly string[]): Promise<string> {
  return (await execute(program, [...args], { maxBuffer: 16 * 2 ** 20 })).stdout;
}
