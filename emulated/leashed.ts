import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** A program that stands for a cloud on loopback. */
export interface Leashed<Ready> {
  /** What it says of itself once it answers, in one line of JSON. */
  readonly ready: Ready;
  /** What it has written to its standard error until now. */
  log(): string;
  stop(): Promise<void>;
}

const readySeconds = 60;
const endSeconds = 5;

/** Starts it and waits until it is ready. Its standard input is the leash: it ends when this process does, however that happens. */
export async function startLeashed<Ready>(program: string, args: readonly string[], logFile: string): Promise<Leashed<Ready>> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  child.stderr.pipe(createWriteStream(logFile));
  const log = () => (existsSync(logFile) ? readFileSync(logFile, "utf8") : "");
  try {
    return { ready: JSON.parse(await firstLine(child)) as Ready, log, stop: () => stop(child) };
  } catch (reason) {
    await stop(child);
    const text = reason instanceof Error ? reason.message : String(reason);
    throw new Error(`the emulator did not start: ${text}\n${log().trim()}`, { cause: reason });
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  const { stdout } = child;
  if (!stdout) throw new Error("no output");
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${readySeconds} s`)), readySeconds * 1000);
    createInterface({ input: stdout }).once("line", (line) => {
      clearTimeout(timer);
      resolve(line);
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
