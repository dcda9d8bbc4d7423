import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GcsStore } from "../../../agent/store/gcs";
import { findMoto, startMoto } from "../../../emulated/aws/moto";
import { CannotRun } from "../../../terraform/cannot-run";
import { answers, freePort } from "../../loopback";
import { fakeGcs as fakeGcsProgram, installed, installing, region, storePrograms } from "./programs";
import { proxyTo } from "./proxy";
import { bucket, ended, fixed, s3Server, startProgram, wait, type Server } from "./started";

export interface Kind {
  readonly name: string;
  /** What this machine lacks for it. */
  readonly missing?: string;
  start(): Promise<Server>;
}

function python(): { program: string } | { missing: string } {
  try {
    return { program: findMoto(process.env) };
  } catch (reason) {
    if (reason instanceof CannotRun) return { missing: reason.message };
    throw reason;
  }
}

/** moto looks at the condition and writes later, without a lock: of two puts at once, both can win, unless they stand in a queue. */
export function moto(oneAtATime: boolean): Kind {
  const found = python();
  const name = "S3 (moto)";
  if ("missing" in found) return { name, missing: found.missing, start: () => Promise.reject(new Error(found.missing)) };
  return {
    name,
    start: async () => {
      const folder = mkdtempSync(join(tmpdir(), "coppice-"));
      const emulator = await startMoto(found.program, { account: "111122223333", region, images: [], zones: [] }, folder);
      const queue = await proxyTo(emulator.endpoint, { oneAtATime });
      return s3Server([queue.endpoint], async () => {
        await queue.stop();
        await emulator.stop();
        rmSync(folder, { recursive: true, force: true });
      });
    },
  };
}

/** A store that checks signatures, and whose conditions hold between writers. */
function versitygw(): Kind {
  const name = "S3 (versitygw)";
  const [described] = storePrograms;
  const path = installed(described);
  if (path !== undefined) return { name, start: () => startProgram(path, described) };
  const missing = `versitygw is not there (${installing(described)})`;
  return { name, missing, start: () => Promise.reject(new Error(missing)) };
}

function fakeGcs(): Kind {
  const program = installed(fakeGcsProgram);
  const missing = `fake-gcs-server is not there (${installing(fakeGcsProgram)})`;
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

export const gcs = fakeGcs();

/** The stores that speak over a network; one that this machine cannot run says why. */
export const servers: readonly Kind[] = [moto(true), versitygw(), gcs];
for (const { name, missing } of servers) if (missing) process.stderr.write(`skipped, store client for ${name}: ${missing}\n`);

export const runnable = servers.filter(({ missing }) => missing === undefined);
