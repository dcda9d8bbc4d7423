import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileStore } from "../../../agent/store/files";
import { GcsStore } from "../../../agent/store/gcs";
import { S3Store } from "../../../agent/store/s3";
import { sha256, signed } from "../../../agent/store/sigv4";
import type { Store } from "../../../agent/store/store";
import { findMoto, startMoto } from "../../../emulated/aws/moto";
import { CannotRun } from "../../../terraform/cannot-run";
import { findProgram } from "../../../terraform/find-program";
import { proxyTo } from "./proxy";
import { answers, freePort } from "../../loopback";

/** A running store, with a bucket in it. */
export interface Server {
  readonly endpoint: string;
  /** A client; through a proxy when it is given the proxy's endpoint. */
  open(options?: OpenOptions): Store & FileStore;
  stop(): Promise<void>;
}

export interface OpenOptions {
  readonly endpoint?: string;
  readonly bucket?: string;
  readonly patienceMs?: number;
  readonly sealedBy?: (key: string) => string | undefined;
}

export interface Kind {
  readonly name: string;
  /** What this machine lacks for it. */
  readonly missing?: string;
  start(): Promise<Server>;
}

const bucket = "example-store";
const fixed = <T>(value: T) => ({ current: () => Promise.resolve(value), drop: () => undefined });
const wait = ({ patienceMs = 10_000 }: OpenOptions) => ({ answerMs: patienceMs, idleMs: patienceMs });

function python(): { program: string } | { missing: string } {
  try {
    return { program: findMoto(process.env) };
  } catch (reason) {
    if (reason instanceof CannotRun) return { missing: reason.message };
    throw reason;
  }
}

const credentials = { accessKeyId: "example", secretAccessKey: "example-secret" };
const region = "eu-central-1";

async function s3Server(endpoint: string, stop: () => Promise<void>): Promise<Server> {
  const body = `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
  const url = new URL(`${endpoint}/${bucket}`);
  const headers = signed({ method: "PUT", url, sha256: sha256(body) }, credentials, region, Date.now());
  const made = await fetch(url, { method: "PUT", headers, body });
  if (!made.ok) throw new Error(await made.text());
  return {
    endpoint,
    open: (options = {}) => new S3Store({ bucket, region, endpoint, ...options }, fixed(credentials), wait(options)),
    stop,
  };
}

function moto(): Kind {
  const found = python();
  const name = "S3 (moto)";
  if ("missing" in found) return { name, missing: found.missing, start: () => Promise.reject(new Error(found.missing)) };
  return {
    name,
    start: async () => {
      const folder = mkdtempSync(join(tmpdir(), "coppice-"));
      const emulator = await startMoto(found.program, { account: "111122223333", region, images: [], zones: [] }, folder);
      // moto looks at the condition and writes later, without a lock: of two puts at once, both can win.
      const queue = await proxyTo(emulator.endpoint, { oneAtATime: true });
      return s3Server(queue.endpoint, async () => {
        await queue.stop();
        await emulator.stop();
        rmSync(folder, { recursive: true, force: true });
      });
    },
  };
}

/** A store that checks signatures, and whose conditions hold between writers. */
function versitygw(): Kind {
  const program = findProgram(["versitygw"], process.env);
  const name = "S3 (versitygw)";
  const missing = "versitygw is not on PATH (go install github.com/versity/versitygw/cmd/versitygw@v1.8.0)";
  if (program === undefined) return { name, missing, start: () => Promise.reject(new Error(missing)) };
  return {
    name,
    start: async () => {
      const folder = mkdtempSync(join(tmpdir(), "coppice-"));
      for (const one of ["data", "metadata"]) mkdirSync(join(folder, one));
      const at = `127.0.0.1:${await freePort()}`;
      const { accessKeyId, secretAccessKey } = credentials;
      const args = ["--port", at, "--access", accessKeyId, "--secret", secretAccessKey, "--region", region, "--keep-alive", "--quiet"];
      const child = spawn(program, [...args, "posix", "--sidecar", join(folder, "metadata"), join(folder, "data")], { stdio: "ignore" });
      await answers(`http://${at}/`);
      return s3Server(`http://${at}`, async () => {
        await ended(child);
        rmSync(folder, { recursive: true, force: true });
      });
    },
  };
}

function gcs(): Kind {
  const program = findProgram(["fake-gcs-server"], process.env);
  const missing = "fake-gcs-server is not on PATH (go install github.com/fsouza/fake-gcs-server)";
  if (program === undefined) return { name: "GCS", missing, start: () => Promise.reject(new Error(missing)) };
  return {
    name: "GCS",
    start: async () => {
      const port = String(await freePort());
      const at = `127.0.0.1:${port}`;
      const args = ["-backend", "memory", "-scheme", "http", "-host", "127.0.0.1", "-port", port, "-public-host", at];
      const child = spawn(program, args, { stdio: "ignore" });
      const endpoint = `http://${at}`;
      await answers(`${endpoint}/_internal/healthcheck`);
      const made = await fetch(`${endpoint}/storage/v1/b?project=example`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: bucket }),
      });
      if (!made.ok) throw new Error(await made.text());
      return {
        endpoint,
        open: (options = {}) => new GcsStore({ bucket, endpoint, ...options }, fixed("example"), wait(options)),
        stop: () => ended(child),
      };
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await closed;
}

/** The stores that speak over a network; one that this machine cannot run says why. */
export const servers: readonly Kind[] = [moto(), versitygw(), gcs()];
for (const { name, missing } of servers) if (missing) process.stderr.write(`skipped, store client for ${name}: ${missing}\n`);

export const runnable = servers.filter(({ missing }) => missing === undefined);
