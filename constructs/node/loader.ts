import { artifact } from "../spec/artifacts";
import type { ClusterSpec } from "../spec/cluster-spec";
import type { NodeFile } from "../spec/role-configuration";
import type { MachineIdentity } from "../spec/store";
import { nodeVersion, type Architecture } from "../spec/versions";
import fieldText from "./field.sh";
import awsText from "./loader-aws.sh";
import googleText from "./loader-google.sh";
import vsphereText from "./loader-vsphere.sh";
import loaderText from "./loader.sh";
import { machineFile, program } from "./paths";
import type { NodePlatform } from "./platform";
import { script } from "./shell";

export const loader = program("loader");

/** The part of the loader that asks for the machine's identity and signs its requests, by platform. */
const cloudParts: Readonly<Record<MachineIdentity["platform"], string>> = { aws: awsText, google: googleText, vsphere: vsphereText };

/** The loader and what it knows: who the machine is, where its store is, and the runtime of the agent. */
export function loaderFiles(spec: ClusterSpec, machine: Pick<MachineIdentity, "role" | "name">, platform: NodePlatform): NodeFile[] {
  const identity: MachineIdentity = {
    cluster: spec.name,
    ...machine,
    platform: platform.platform,
    store: platform.store,
    runtime: artifact("node", nodeVersion, spec)[architectureOf(spec, machine)],
  };
  return [file(machineFile, "0644", `${JSON.stringify(identity)}\n`), file(loader, "0755", loaderScript(platform, loaderText))];
}

/** A script after the parts that ask for the machine's identity and sign its requests. */
export function loaderScript({ platform }: NodePlatform, text: string): string {
  return script(fieldText, cloudParts[platform], text);
}

/** @throws Error on a pool that the spec does not have */
function architectureOf(spec: ClusterSpec, { role, name }: Pick<MachineIdentity, "role" | "name">): Architecture {
  if (role !== "worker") return { etcd: spec.etcd, master: spec.masters }[role].architecture;
  const pool = spec.workers[name];
  if (!pool) throw new Error(`no worker pool has the name ${name}`);
  return pool.architecture;
}

function file(path: string, mode: string, text: string): NodeFile {
  return { path, mode, owner: "root:root", text };
}
