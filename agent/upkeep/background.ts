import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Ran } from "../machine/systemd";

const execute = promisify(execFile);

/** What etcd's tools print is short; more than this is no answer of theirs. */
const longestOutput = 2 ** 20;

/** `background` has time: the lowest priority, and one core. `repair` is what all else waits for. */
export type Pace = "background" | "repair";

/** A program that is ended when it takes longer. It is a process of its own, so that its memory is given back when it ends. */
export async function ranAtPace(pace: Pace, program: string, args: readonly string[], atMostMs: number): Promise<Ran> {
  const env = { PATH: process.env["PATH"], ...(pace === "background" && { GOMAXPROCS: "1" }) };
  const [command = program, ...rest] = [...(pace === "background" ? ["nice", "-n", "19"] : []), program, ...args];
  try {
    const limits = { timeout: atMostMs, killSignal: "SIGKILL", maxBuffer: longestOutput } as const;
    const { stdout } = await execute(command, rest, { env, ...limits });
    return { ok: true, said: stdout };
  } catch (reason) {
    const { stderr = "", message, killed } = reason as { stderr?: string; message: string; killed?: boolean };
    if (killed) return { ok: false, said: `${program} did not end within ${atMostMs / 1000} s` };
    return { ok: false, said: (stderr.trim().split("\n").at(-1) || message).slice(0, 500) };
  }
}
