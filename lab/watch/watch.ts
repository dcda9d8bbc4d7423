import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";
import { makeCgroups } from "../cgroups";
import { channel, type Remote } from "../cloud/channel";
import { labFile } from "../files";
import { switchOf } from "../network";
import type { Run } from "../run-folder";
import type { WatchCalls } from "./messages";

export type Watch = Remote<WatchCalls>;

/** Starts the process that looks at machines from the switch itself, before which no firewall stands. */
export function startWatch(run: Run): Watch {
  const runner = join(labFile("environment.ts"), "..", "..", "run.js");
  const groups = makeCgroups(`${run.id}/watch`);
  const program = ["ip", "netns", "exec", switchOf(run), process.execPath, runner, "lab/watch/serve.ts"];
  const log = openSync(join(run.folder, "watch.log"), "w");
  const child = spawn(labFile("enter.sh"), [...groups, "--", ...program], { stdio: ["ignore", log, log, "ipc"] });
  return channel<WatchCalls>(child, {});
}
