import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { CannotRun } from "../terraform/cannot-run";
import type { Environment } from "../terraform/find-program";
import type { Python } from "./find-python";

export function cacheFolder(env: Environment): string {
  return env.COPPICE_CACHE ?? join(env.XDG_CACHE_HOME ?? join(env.HOME ?? homedir(), ".cache"), "coppice");
}

/** Where the environment of these requirements belongs; other requirements or another Python make another one. */
export function environmentFolder(requirements: string, python: Python, env: Environment): string {
  const key = createHash("sha256").update(`${requirements}\n${python.version}`).digest("hex").slice(0, 16);
  return join(cacheFolder(env), `moto-${key}`);
}

/** The Python of an environment that holds the requirements; made on first use, then kept. */
export function pythonEnvironment(requirementsFile: string, python: Python, env: Environment, say: (text: string) => void): string {
  const folder = environmentFolder(readFileSync(requirementsFile, "utf8"), python, env);
  const program = join(folder, "bin", "python");
  if (existsSync(program)) return program;
  say(`making a Python environment for the emulator in ${folder} (once; about half a minute)`);
  // Made aside and renamed, so that an interrupted or a second run never leaves or sees half of it.
  const aside = `${folder}.${process.pid}`;
  mkdirSync(cacheFolder(env), { recursive: true });
  try {
    run(python.program, ["-m", "venv", aside], env);
    run(join(aside, "bin", "python"), ["-m", "pip", "install", "--quiet", "--requirement", requirementsFile], env);
    if (!existsSync(program)) {
      rmSync(folder, { recursive: true, force: true }); // one whose Python was uninstalled
      renameSync(aside, folder);
    }
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return program;
}

function run(program: string, args: readonly string[], env: Environment): void {
  const done = spawnSync(program, args, { env: env as NodeJS.ProcessEnv, encoding: "utf8" });
  if (done.status === 0) return;
  const reason = [done.error?.message, done.stderr, done.stdout].filter(Boolean).join("\n").trim().split("\n").slice(-6).join("\n");
  throw new CannotRun(`${args.slice(0, 3).join(" ")} failed: ${reason}`, "give pip a package index that it can reach, once");
}
