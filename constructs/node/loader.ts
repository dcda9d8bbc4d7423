import { artifact } from "../spec/artifacts";
import type { ClusterSpec } from "../spec/cluster-spec";
import type { NodeFile } from "../spec/role-configuration";
import type { MachineIdentity } from "../spec/store";
import { nodeVersion } from "../spec/versions";
import deadlineText from "./deadline.sh";
import awsText from "./loader-aws.sh";
import loaderText from "./loader.sh";
import { machineFile, program } from "./paths";
import type { NodePlatform } from "./platform";
import { environmentFile } from "./systemd";

export const loaderPaths = {
  loader: program("loader"),
  deadline: program("deadline"),
  environment: "/etc/coppice/loader.env",
} as const;

/** The part of the loader that asks for the machine's identity and signs its requests, by platform. */
const cloudParts: Partial<Record<MachineIdentity["platform"], string>> = { aws: awsText };

/**
 * The loader and what it knows: who the machine is, where its store is, and the runtime of the agent.
 * @throws Error on a platform without a loader
 */
export function loaderFiles(spec: ClusterSpec, machine: Pick<MachineIdentity, "role" | "name">, platform: NodePlatform): NodeFile[] {
  const cloud = cloudParts[platform.platform];
  if (cloud === undefined) throw new Error(`no loader knows the platform ${platform.platform}`);
  const identity: MachineIdentity = {
    cluster: spec.name,
    ...machine,
    platform: platform.platform,
    store: platform.store,
    runtime: artifact("node", nodeVersion, spec.mirror),
  };
  return [
    file(machineFile, "0644", `${JSON.stringify(identity)}\n`),
    file(loaderPaths.environment, "0644", environmentFile(loaderEnvironment(identity))),
    file(loaderPaths.loader, "0755", `#!/bin/sh\n${withoutComments(cloud)}${withoutComments(loaderText)}`),
    file(loaderPaths.deadline, "0755", `#!/bin/sh\n${withoutComments(deadlineText)}`),
  ];
}

/** The same for a shell, which reads no JSON before the runtime is there. */
function loaderEnvironment({ role, name, store, runtime }: MachineIdentity): Record<string, string> {
  return {
    COPPICE_ROLE: role,
    COPPICE_NAME: name,
    COPPICE_BUCKET: store.bucket,
    COPPICE_REGION: store.region,
    COPPICE_ENDPOINT: store.endpoint,
    COPPICE_RUNTIME_AMD64: runtime.amd64.url,
    COPPICE_RUNTIME_AMD64_SHA256: runtime.amd64.sha256,
    COPPICE_RUNTIME_ARM64: runtime.arm64.url,
    COPPICE_RUNTIME_ARM64_SHA256: runtime.arm64.sha256,
  };
}

/** Comments and indentation are for the people who read the source: user-data has little room. */
function withoutComments(shell: string): string {
  return shell
    .split("\n")
    .map((line) => line.trimStart())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => `${line}\n`)
    .join("");
}

function file(path: string, mode: string, text: string): NodeFile {
  return { path, mode, owner: "root:root", text };
}
