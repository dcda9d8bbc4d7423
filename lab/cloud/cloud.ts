import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { makeCgroups } from "../cgroups";
import { labFile } from "../files";
import { cloudOf } from "../network";
import type { Run } from "../run-folder";
import type { Answer, Instance, Message, Start } from "./messages";

export interface Cloud {
  /** Returns when the metadata service knows the machine. */
  introduce(instance: Instance): Promise<void>;
}

/** Starts the process that plays the cloud inside the lab's network, and waits until it serves. */
export async function startCloud(run: Run, start: Omit<Start, "kind" | "folder">): Promise<Cloud> {
  const runner = join(labFile("environment.ts"), "..", "..", "run.js");
  const groups = makeCgroups(`${run.id}/cloud`);
  const program = ["ip", "netns", "exec", cloudOf(run), process.execPath, runner, "lab/cloud/serve.ts"];
  const child = spawn(labFile("enter.sh"), [...groups, "--", ...program], { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const log = createWriteStream(join(run.folder, "cloud.log"));
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  await asked(child, { kind: "start", folder: run.folder, ...start }, ({ kind }) => kind === "ready");
  return {
    introduce: (instance) => asked(child, { kind: "instance", instance }, (answer) => answer.kind === "known" && answer.id === instance.id),
  };
}

function asked(child: ChildProcess, message: Message, isAnswer: (answer: Answer) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (code: number | null): void => reject(new Error(`the process that plays the cloud ended with code ${code}`));
    const listen = (answer: Answer): void => {
      if (answer.kind !== "failed" && !isAnswer(answer)) return;
      child.off("message", listen).off("close", end);
      if (answer.kind === "failed") reject(new Error(`the stand-in for the cloud: ${answer.why}`));
      else resolve();
    };
    child.on("message", listen).once("close", end);
    child.send(message);
  });
}
