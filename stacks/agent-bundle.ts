import { createHash } from "crypto";
import { readFileSync, writeFileSync } from "fs";
import { join } from "path";
import { agentFile } from "../constructs/platform/platform";
import type { DesiredAgent } from "../constructs/spec/store";
import { bundle } from "../run.js";

/** The agent as machines run it: one file for the runtime that `versions.ts` pins. */
export function agentBundle(): DesiredAgent {
  const text = readFileSync(bundle("agent/main.ts", { minify: true, target: "node24" }));
  return { sha256: createHash("sha256").update(text).digest("hex"), bundle: text.toString("base64") };
}

/** Puts it beside a stack's `cdk.tf.json`: Terraform uploads it from there, so that no plan is as long as it. */
export function writeAgent(folder: string, agent: DesiredAgent): void {
  writeFileSync(join(folder, agentFile), `${JSON.stringify(agent)}\n`);
}
