import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { World } from "./world";

export interface Emulator {
  readonly endpoint: string;
  /** Everything that the emulated account holds, by kind. */
  inventory(): Promise<Inventory>;
  /** Python errors inside the emulator: a request that failed there reaches Terraform as a bare "500". */
  tracebacks(): string[];
  stop(): Promise<void>;
}

export type Inventory = Readonly<Record<string, readonly string[]>>;

const readySeconds = 60;
const endSeconds = 5;

/** `moto/` of this folder, from the source as well as from a bundle in a folder beside it. */
export function serverFolder(): string {
  const folder = [join(__dirname, "moto"), join(__dirname, "..", "emulated", "moto")].find((one) => existsSync(join(one, "serve.py")));
  if (!folder) throw new Error(`no moto/serve.py beside ${__dirname}`);
  return folder;
}

/** Starts the emulated AWS on a free port of loopback and waits until it answers. */
export async function startEmulator(python: string, world: World, folder: string): Promise<Emulator> {
  const worldFile = join(folder, "world.json");
  const logFile = join(folder, "emulator.log");
  writeFileSync(worldFile, JSON.stringify(world));
  // Its standard input is the leash: it ends when this process does, however that happens.
  const child = spawn(python, ["-B", join(serverFolder(), "serve.py"), "--world", worldFile], { stdio: ["pipe", "pipe", "pipe"] });
  const log = createWriteStream(logFile);
  child.stderr.pipe(log);
  try {
    const port = await portOf(child);
    const endpoint = `http://127.0.0.1:${port}`;
    return {
      endpoint,
      inventory: async () => (await (await fetch(`${endpoint}/coppice/inventory`)).json()) as Inventory,
      tracebacks: () => tracebacksIn(readFileSync(logFile, "utf8")),
      stop: () => stop(child),
    };
  } catch (reason) {
    await stop(child);
    const said = existsSync(logFile) ? readFileSync(logFile, "utf8").trim() : "";
    throw new Error(`the emulator did not start: ${reason instanceof Error ? reason.message : String(reason)}\n${said}`, { cause: reason });
  }
}

async function portOf(child: ChildProcess): Promise<number> {
  const { stdout } = child;
  if (!stdout) throw new Error("no output");
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${readySeconds} s`)), readySeconds * 1000);
    createInterface({ input: stdout }).once("line", (line) => {
      clearTimeout(timer);
      resolve((JSON.parse(line) as { port: number }).port);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      reject(new Error(`it ended with code ${code}`));
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), endSeconds * 1000);
  await ended;
  clearTimeout(timer);
}

function tracebacksIn(log: string): string[] {
  return log
    .split("Traceback (most recent call last):\n")
    .slice(1)
    .map((trace) => trace.split("\n").find((line) => /^\S/.test(line)) ?? "");
}

/** What is there now and was not there before. */
export function added(before: Inventory, now: Inventory): string[] {
  return Object.entries(now).flatMap(([kind, keys]) => {
    const known = new Set(before[kind] ?? []);
    return keys.filter((key) => !known.has(key)).map((key) => `${kind} ${key}`);
  });
}
