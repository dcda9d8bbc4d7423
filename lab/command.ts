import { spawn, spawnSync } from "node:child_process";

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
  return succeeded(program, args, run(program, args, input));
}

/** As `run`, while everything else goes on: the lab answers calls of the cloud meanwhile. */
export function running(program: string, args: readonly string[], input = ""): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (part: Buffer) => stdout.push(part));
    child.stderr.on("data", (part: Buffer) => stderr.push(part));
    child.once("error", (error) => reject(new Error(`${program}: ${error.message}`)));
    child.once("close", (status) => resolve({ status, stdout: textOf(stdout), stderr: textOf(stderr) }));
    // One that ends without reading its input says so by its status.
    child.stdin.once("error", () => undefined).end(input);
  });
}

/** As `ran`, while everything else goes on. */
export async function done(program: string, args: readonly string[], input = ""): Promise<string> {
  return succeeded(program, args, await running(program, args, input));
}

const textOf = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString("utf8");

function succeeded(program: string, args: readonly string[], { status, stdout, stderr }: Ended): string {
  if (status === 0) return stdout;
  const said = `${stderr}${stdout}`.trim().split("\n").slice(-8).join("\n");
  throw new Error(`${program} ${args.slice(0, 6).join(" ")} ended with ${status}:\n${said}`);
}
