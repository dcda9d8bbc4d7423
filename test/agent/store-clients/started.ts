import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileStore } from "../../../agent/store/files";
import { S3Store } from "../../../agent/store/s3";
import { sha256, signed } from "../../../agent/store/sigv4";
import type { Store } from "../../../agent/store/store";
import { answers, freePort } from "../../loopback";
import { account, region, type StoreProgram } from "./programs";

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

export const bucket = "example-store";
export const fixed = <T>(value: T) => ({ current: () => Promise.resolve(value), drop: () => undefined });
export const wait = ({ patienceMs = 10_000 }: OpenOptions) => ({ answerMs: patienceMs, idleMs: patienceMs });

/**
 * Its processes with a folder of their own, which is gone after `stop`.
 * @param host an address of this machine
 */
export async function startProgram(path: string, { processes = 1, env, args }: StoreProgram, host = "127.0.0.1"): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "coppice-"));
  const ports = await Promise.all(Array.from({ length: processes }, freePort));
  const addresses = ports.map((port) => `${host}:${port}`);
  const log = openSync(join(folder, "log"), "w");
  const children = addresses.map((_, index) =>
    spawn(path, args(folder, addresses, index), { env: { ...process.env, ...env }, stdio: ["ignore", log, log] }),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(ended));
    rmSync(folder, { recursive: true, force: true });
  };
  const endpoints = addresses.map((address) => `http://${address}`);
  try {
    await Promise.all(endpoints.map((endpoint) => answers(`${endpoint}/`)));
    return await s3Server(endpoints, stop);
  } catch (reason) {
    await stop();
    throw reason;
  }
}

/** Each call by the next client, as a load balancer before the nodes of a store would have it. */
function inTurns<T extends object>(clients: readonly T[]): T {
  const [first, ...others] = clients;
  if (first === undefined) throw new Error("no client");
  if (others.length === 0) return first;
  let calls = 0;
  const next = (): T => clients[calls++ % clients.length] ?? first;
  return new Proxy(first, {
    get: (_, name) => {
      const one = next();
      const member: unknown = Reflect.get(one, name);
      return typeof member === "function" ? (member.bind(one) as unknown) : member;
    },
  });
}

/** A store of several nodes may need seconds until it has found itself. */
const tries = 30;

export async function s3Server(endpoints: readonly string[], stop: () => Promise<void>): Promise<Server> {
  const [endpoint = ""] = endpoints;
  await answers(`${endpoint}/${bucket}`, () => madeBucket(endpoint), tries);
  return {
    endpoint,
    open: (options = {}) =>
      inTurns(endpoints.map((one) => new S3Store({ bucket, region, endpoint: one, ...options }, fixed(account), wait(options)))),
    stop,
  };
}

async function madeBucket(endpoint: string): Promise<boolean> {
  const body = `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
  const url = new URL(`${endpoint}/${bucket}`);
  const headers = signed({ method: "PUT", url, sha256: sha256(body) }, account, region, Date.now());
  return (await fetch(url, { method: "PUT", headers, body })).ok;
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await closed;
}
