import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import type { AwsCredentials } from "../../agent/store/sigv4";
import { CannotRun } from "../../terraform/cannot-run";
import { findProgram, type Environment } from "../../terraform/find-program";
import { cacheFolder } from "../../emulated/python-environment";

export const gatewayVersion = "v1.8.0";

/** An S3 server whose conditional writes hold and which checks signatures. Reached by a socket file: no network is the same for all who ask. */
export interface Gateway {
  readonly socket: string;
  readonly region: string;
  readonly bucket: string;
  readonly credentials: AwsCredentials;
}

/** @throws CannotRun when there is no such program */
export function requireGateway(env: Environment): string {
  const path = [env["PATH"] ?? "", join(cacheFolder(env), `versitygw-${gatewayVersion}`)].join(":");
  const program = findProgram(["versitygw"], { PATH: path });
  if (program !== undefined) return program;
  throw new CannotRun("no versitygw", `go install github.com/versity/versitygw/cmd/versitygw@${gatewayVersion}`);
}

/**
 * Starts a gateway over a folder and waits until it listens.
 * @param before program and arguments that are to run it, `["nice"]`
 */
export async function startGateway(
  program: string,
  { folder, region, bucket, before = [] }: { folder: string; region: string; bucket: string; before?: readonly string[] },
): Promise<Gateway & { readonly stop: () => void }> {
  const [data, metadata] = ["objects", "metadata"].map((name) => join(folder, name)) as [string, string];
  for (const one of [data, metadata]) mkdirSync(one, { recursive: true });
  const socket = join(folder, "s3.sock");
  const credentials = { accessKeyId: "gateway", secretAccessKey: randomBytes(20).toString("hex") };
  const log = openSync(join(folder, "gateway.log"), "w");
  const own = ["--port", socket, "--region", region, "--keep-alive", "--quiet", "posix", "--sidecar", metadata, data];
  const [first = program, ...args] = [...before, program, ...own];
  const secret = { ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey };
  const child = spawn(first, args, { env: { ...process.env, ...secret }, stdio: ["ignore", log, log] });
  for (let tries = 0; !existsSync(socket); tries++) {
    if (tries === 200 || child.exitCode !== null) throw new Error(`versitygw does not listen; see ${folder}/gateway.log`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { socket, region, bucket, credentials, stop: () => void child.kill("SIGKILL") };
}
