import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The first of these names that is a program on PATH; an absolute name stands for itself. */
export function findProgram(names: readonly string[], env: Environment): string | undefined {
  const folders = (env.PATH ?? "").split(delimiter).filter(Boolean);
  return names.flatMap((name) => (isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name)))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** What a program answers, or undefined when it does not end well. */
export function answerOf(program: string, args: readonly string[], env: Environment): string | undefined {
  const run = spawnSync(program, args, { env: env as NodeJS.ProcessEnv, encoding: "utf8", timeout: 60_000 });
  return run.status === 0 ? run.stdout : undefined;
}
