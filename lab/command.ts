import { spawnSync } from "node:child_process";

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end and says what it answered. @throws Error when there is no such program */
export function run(program: string, args: readonly string[], input = ""): Ended {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", input, maxBuffer: 64 * 2 ** 20 });
  if (error) throw new Error(`${program}: ${error.message}`);
  return { status, stdout, stderr };
}

/** Output of a program that has to succeed. @throws Error with the end of what it said otherwise */
export function ran(program: string, args: readonly string[], input = ""): string {
  const { status, stdout, stderr } = run(program, args, input);
  if (status === 0) return stdout;
  const said = `${stderr}${stdout}`.trim().split("\n").slice(-8).join("\n");
  throw new Error(`${program} ${args.slice(0, 6).join(" ")} ended with ${status}:\n${said}`);
}
