import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { emulatedFile } from "../emulated-file";
import { findPython } from "../find-python";
import type { Environment } from "../../terraform/find-program";
import type { Inventory } from "../inventory";
import { startLeashed } from "../leashed";
import { pythonEnvironment } from "../python-environment";
import type { World } from "./world";

export interface Moto {
  readonly endpoint: string;
  /** Everything that the emulated account holds. */
  inventory(): Promise<Inventory>;
  /** Python errors inside the emulator: a request that failed there reaches Terraform as a bare "500". */
  tracebacks(): string[];
  stop(): Promise<void>;
}

/** A Python that has moto; the first call makes its environment, which takes about 30 s. @throws CannotRun */
export function findMoto(env: Environment, say: (text: string) => void = console.error): string {
  return pythonEnvironment(emulatedFile("aws", "moto", "requirements.txt"), findPython(env), env, say);
}

/** Starts the emulated AWS on a free port of loopback. */
export async function startMoto(python: string, world: World, folder: string): Promise<Moto> {
  const worldFile = join(folder, "world.json");
  writeFileSync(worldFile, JSON.stringify(world));
  const args = ["-B", emulatedFile("aws", "moto", "serve.py"), "--world", worldFile];
  const { ready, log, stop } = await startLeashed<{ port: number }>(python, args, join(folder, "moto.log"));
  const endpoint = `http://127.0.0.1:${ready.port}`;
  return {
    endpoint,
    inventory: async () => (await (await fetch(`${endpoint}/coppice/inventory`)).json()) as Inventory,
    tracebacks: () => tracebacksIn(log()),
    stop,
  };
}

function tracebacksIn(log: string): string[] {
  return log
    .split("Traceback (most recent call last):\n")
    .slice(1)
    .map((trace) => trace.split("\n").find((line) => /^\S/.test(line)) ?? "");
}
