import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { CannotRun } from "../../terraform/cannot-run";
import { findProgram, type Environment } from "../../terraform/find-program";
import { cacheFolder } from "../../emulated/python-environment";
import { makeCgroups } from "../cgroups";
import { labFile } from "../files";
import { cloudOf } from "../network";
import type { StoreKind } from "../store/running";
import { bucketOf } from "./bucket";

const version = "v1.56.1";
/** In a network where nobody else listens. */
const port = "4443";

/** An emulator of Cloud Storage, in memory. */
export const gcsStore: StoreKind = {
  require: requireEmulator,
  async start({ run, env, bucket: name }) {
    const folder = join(run.folder, "store");
    mkdirSync(folder, { recursive: true });
    const socket = join(folder, "gcs.sock");
    const runner = join(labFile("environment.ts"), "..", "..", "run.js");
    const relay = [process.execPath, runner, "lab/google/relay.ts", socket, requireEmulator(env), port];
    const args = [...makeCgroups(`${run.id}/store`), "--", "ip", "netns", "exec", cloudOf(run), ...relay];
    const log = openSync(join(folder, "emulator.log"), "w");
    const child = spawn(labFile("enter.sh"), args, { stdio: ["ignore", log, log] });
    for (let tries = 0; !existsSync(socket); tries++) {
      if (tries === 400 || child.exitCode !== null) throw new Error(`fake-gcs-server does not listen; see ${folder}/emulator.log`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const gateway = { socket, bucket: name };
    return { gateway, bucket: bucketOf(gateway) };
  },
};

/** @throws CannotRun when there is no such program */
export function requireEmulator(env: Environment): string {
  const path = [env["PATH"] ?? "", join(cacheFolder(env), `fake-gcs-server-${version}`)].join(":");
  const program = findProgram(["fake-gcs-server"], { PATH: path });
  if (program !== undefined) return program;
  throw new CannotRun("no fake-gcs-server", `go install github.com/fsouza/fake-gcs-server@${version}`);
}
