import { existsSync, readdirSync, type Dirent } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { CannotRun } from "../terraform/cannot-run";
import { foldersOfUserConfig } from "./cli-config";
import type { Environment } from "../terraform/find-program";
import { cacheFolder } from "./python-environment";

export interface ProviderMirror {
  /** The folder that holds `registry.terraform.io`. */
  readonly folder: string;
  readonly source: string;
  readonly version: string;
}

const deepest = 4;
/** Enough for a home folder, few enough to end in a second or two. */
const mostFolders = 20_000;

/** The mirror that holds the wanted version of a provider for this platform, else the newest version found. */
export function findProvider(source: string, wanted: string | undefined, platform: string, env: Environment): ProviderMirror {
  const named = env.COPPICE_PROVIDER_MIRROR;
  const found = (named ? [named] : likelyRoots(env).flatMap((root) => mirrorsBelow(root, source))).flatMap((folder) =>
    versionsIn(folder, source, platform).map((version) => ({ folder, source, version })),
  );
  const best = found.find(({ version }) => version === wanted) ?? found.sort((a, b) => compare(b.version, a.version))[0];
  if (best) return best;
  const where = named ? `COPPICE_PROVIDER_MIRROR (${named})` : "any provider mirror that was found";
  throw new CannotRun(
    `${source} for ${platform} is not in ${where}`,
    `run "terraform providers mirror <folder>" where a registry can be reached and set COPPICE_PROVIDER_MIRROR=<folder>`,
  );
}

export function likelyRoots(env: Environment): string[] {
  const home = env.HOME ?? homedir();
  const data = env.XDG_DATA_HOME ?? join(home, ".local/share");
  const own = [
    join(cacheFolder(env), "providers"),
    join(home, ".terraform.d"),
    join(data, "terraform"),
    home,
    "/opt",
    "/usr/share",
    "/usr/local/share",
    "/var/lib",
  ];
  const roots = [env.TF_PLUGIN_CACHE_DIR, ...foldersOfUserConfig(env), ...own].filter((root) => root !== undefined);
  return [...new Set(roots)];
}

/** Breadth first, because a mirror sits near its root; never into hidden or package folders below it. */
function mirrorsBelow(root: string, source: string): string[] {
  let level = [root];
  let seen = 0;
  for (let depth = 0; depth < deepest && level.length > 0; depth += 1) {
    const mirrors = level.filter((folder) => existsSync(join(folder, source)));
    if (mirrors.length > 0) return mirrors;
    seen += level.length;
    if (seen > mostFolders) return [];
    level = level.flatMap((folder) =>
      entries(folder)
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules")
        .map((entry) => join(folder, entry.name)),
    );
  }
  return [];
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // unreadable
  }
}

/** Both layouts of a filesystem mirror: unpacked `<version>/<platform>/`, packed `terraform-provider-aws_<version>_<platform>.zip`. */
function versionsIn(folder: string, source: string, platform: string): string[] {
  return entries(join(folder, source)).flatMap((entry) => {
    const { name } = entry;
    if (!entry.isFile()) return existsSync(join(folder, source, name, platform)) ? [name] : [];
    const packed = /^terraform-provider-[a-z0-9-]+_(.+?)_([a-z0-9]+_[a-z0-9]+)\.zip$/.exec(name);
    return packed?.[2] === platform && packed[1] ? [packed[1]] : [];
  });
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
