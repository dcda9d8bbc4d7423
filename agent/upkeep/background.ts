import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Ran } from "../machine/systemd";

const execute = promisify(execFile);

/** What etcd's tools print is short; more than this is no answer of theirs. */
const longestOutput = 2 ** 20;

/**
 * A program that has time: at the lowest priority, on one core, and ended when it takes longer. It is a process of its own,
 * so that what it needs of memory is given back when it ends.
 */
export async function ranInBackground(program: string, args: readonly string[], atMostMs: number): Promise<Ran> {
  const env = { PATH: process.env["PATH"], GOMAXPROCS: "1" };
  try {
    const limits = { timeout: atMostMs, killSignal: "SIGKILL", maxBuffer: longestOutput } as const;
    const { stdout } = await execute("nice", ["-n", "19", program, ...args], { env, ...limits });
    return { ok: true, said: stdout };
  } catch (reason) {
    const { stderr = "", message, killed } = reason as { stderr?: string; message: string; killed?: boolean };
    if (killed) return { ok: false, said: `${program} did not end within ${atMostMs / 1000} s` };
    return { ok: false, said: (stderr.trim().split("\n").at(-1) || message).slice(0, 500) };
  }
}
