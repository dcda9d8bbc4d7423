import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EmulatedCloud } from "../../../emulated/cloud";
import { terraformEnvironment } from "../../../emulated/terraform-environment";
import type { Vcenter } from "../../../emulated/vsphere/vcenter";

/** `npx coppice reconcile`, as a pipeline runs it, on an emulated vCenter and store. @returns its exit code, and its last line */
export function reconcileCommand(
  environment: string,
  folder: string,
  { cloud, vcenter, temporary }: { readonly cloud: EmulatedCloud; readonly vcenter: Vcenter; readonly temporary: string },
  options: readonly string[] = [],
): { readonly code: number | null; readonly last: string } {
  const certificate = join(temporary, "vcenter.pem");
  writeFileSync(certificate, vcenter.certificate);
  const env = {
    ...terraformEnvironment(process.env, join(temporary, "terraformrc"), temporary, cloud.environment),
    AWS_ACCESS_KEY_ID: "emulated",
    AWS_SECRET_ACCESS_KEY: "emulated",
    VSPHERE_SERVER: vcenter.server,
    NODE_EXTRA_CA_CERTS: certificate,
  };
  const command = ["run.js", "cli/main.ts", "reconcile", environment, "--synth", folder, ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { env: env as NodeJS.ProcessEnv, encoding: "utf8" });
  return { code: status, last: `${stdout}${stderr}`.trim().split("\n").at(-1) ?? "" };
}
