import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CannotRun } from "../terraform/cannot-run";
import type { Environment } from "../terraform/find-program";
import { cacheFolder } from "./python-environment";

/** A module of Go whose `tool` directives name the programs that it is for, in versions that it pins. */
export interface GoModule {
  /** Begins the name of the folder that it is built into. */
  readonly name: string;
  /** Holds `go.mod`, and a folder for each program of our own. */
  readonly source: string;
  /** For every `go build`, beside `-trimpath`. */
  readonly flags: readonly string[];
}

/** The folder with the programs of a module, built on first use. The key is all that decides their bytes. @throws CannotRun */
export function goPrograms({ name, source, flags: own }: GoModule, env: Environment, say: (text: string) => void): string {
  const [mod = "", ...others] = ["go.mod", "go.sum", ...ownSources(source)].map((file) => textOf(join(source, file)));
  const flags = ["-trimpath", ...own];
  const key = createHash("sha256")
    .update([mod, ...others, go(source, ["env", "GOVERSION"], env), ...flags].join("\n"))
    .digest("hex");
  const folder = join(cacheFolder(env), `${name}-${key.slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  // Made aside and renamed, so that an interrupted or a second run never leaves or sees half of it.
  const aside = `${folder}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  try {
    for (const path of toolsOf(mod)) {
      say(`building ${path}`);
      go(source, ["build", ...flags, "-o", join(aside, programName(path)), path], env);
    }
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return folder;
}

/** What we have written ourselves, one folder a program. */
function ownSources(source: string): readonly string[] {
  const folders = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name }) => readdirSync(join(source, name)).map((file) => join(name, file))).sort();
}

/** A module without dependencies has no `go.sum`. */
const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");

/** Packages that `tool` directives name. */
export function toolsOf(mod: string): readonly string[] {
  const blocks = [...mod.matchAll(/^tool \(\n([^)]*)\)/gm)].flatMap(([, block = ""]) => block.split("\n"));
  const single = [...mod.matchAll(/^tool ([^\s(]+)$/gm)].map(([, path = ""]) => path);
  return [...blocks, ...single].map((path) => path.trim()).filter((path) => path !== "");
}

/** `…/cmd/kubelet` → `kubelet`, `…/etcdctl/v3` → `etcdctl`; upstream calls its package of etcd `server`. */
export function programName(path: string): string {
  const name =
    path
      .replace(/\/v\d+$/, "")
      .split("/")
      .at(-1) ?? path;
  return name === "server" ? "etcd" : name;
}

function go(folder: string, args: readonly string[], env: Environment): string {
  const done = spawnSync("go", args, { cwd: folder, env: env as NodeJS.ProcessEnv, encoding: "utf8" });
  if (done.error) throw new CannotRun(`no go: ${done.error.message}`, "install Go, once; the built programs are kept");
  if (done.status !== 0) throw new Error(`go ${args[0]} in ${folder}:\n${done.stderr.trim().split("\n").slice(-10).join("\n")}`);
  return done.stdout.trim();
}
