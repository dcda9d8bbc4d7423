import { execFile } from "node:child_process";

export interface Ran {
  /** -1 when the program could not be run, or was ended by a signal. */
  readonly code: number;
  readonly out: string;
  /** The last lines of what it complained about. */
  readonly said: string;
}

/** Runs a program to its end. Never throws; standard input is empty, so that nothing asks back. */
export function run(program: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { maxBuffer: 2 ** 24 }, (failure, out, complaints) => {
      const code = failure === null ? 0 : typeof failure.code === "number" ? failure.code : -1;
      const said = (complaints || (code === -1 ? (failure?.message ?? "") : out)).trim().split("\n").slice(-5).join("; ");
      resolve({ code, out, said });
    });
    child.stdin?.end();
  });
}
