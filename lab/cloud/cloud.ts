import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";
import { makeCgroups } from "../cgroups";
import { labFile } from "../files";
import { cloudOf } from "../network";
import type { Run } from "../run-folder";
import { channel, type Remote } from "./channel";
import type { CloudCalls, LabCalls, Start } from "./messages";

export type Cloud = Remote<CloudCalls>;

/** Starts the process that plays the cloud inside the lab's network, and waits until it serves. */
export async function startCloud(run: Run, start: Start, lab: LabCalls, failed: (reason: unknown) => void): Promise<Cloud> {
  const runner = join(labFile("environment.ts"), "..", "..", "run.js");
  const groups = makeCgroups(`${run.id}/cloud`);
  const program = ["ip", "netns", "exec", cloudOf(run), process.execPath, runner, "lab/cloud/serve.ts"];
  const log = openSync(join(run.folder, "cloud.log"), "w");
  const child = spawn(labFile("enter.sh"), [...groups, "--", ...program], { stdio: ["ignore", log, log, "ipc"] });
  // With a signal it ends when the run does.
  child.once(
    "exit",
    (code) => code !== null && failed(new Error(`the process that plays the cloud ended with ${code}; see ${run.folder}/cloud.log`)),
  );
  const cloud = channel<CloudCalls>(child, lab);
  await cloud("start", start);
  return cloud;
}
