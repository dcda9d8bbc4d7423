import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../terraform/find-program";
import { goPrograms } from "../../emulated/go-programs";
import { labFile } from "../files";

/** One `go.mod` each: their dependencies ask for versions of the same modules that do not go together. */
export const modules = ["etcd", "kubernetes", "containerd", "cni-plugins", "pods"] as const;
/** Kubernetes' next minor beside them, which not every run needs. */
export type Module = (typeof modules)[number] | "kubernetes-next";

/** Variables of the program that hold its version; without them a build from a module reports none. */
const ofKubernetes = ["k8s.io/component-base/version.gitVersion", "k8s.io/client-go/pkg/version.gitVersion"];
const versionVariables: Partial<Record<Module, readonly string[]>> = {
  kubernetes: ofKubernetes,
  "kubernetes-next": ofKubernetes,
  containerd: ["github.com/containerd/containerd/v2/version.Version"],
};

/** Drivers that need headers of C libraries, and that no machine here uses. */
const tags = "no_btrfs,no_devmapper,no_zfs";

/** The folder with the programs of a module, built on first use. @throws CannotRun */
export function builtPrograms(module: Module, env: Environment, say: (text: string) => void): string {
  const source = labFile("bin", module);
  const flags = ["-tags", tags, "-ldflags", linkerFlags(module, readFileSync(join(source, "go.mod"), "utf8"))];
  // Images hold nothing but the program.
  return goPrograms({ name: `lab-${module}`, source, flags }, module === "pods" ? { ...env, CGO_ENABLED: "0" } : env, say);
}

function linkerFlags(module: Module, mod: string): string {
  const version = /^\s*(?:k8s\.io\/kubernetes|github\.com\/containerd\/containerd\/v2) (v\S+)/m.exec(mod)?.[1];
  const variables = (versionVariables[module] ?? []).map((variable) => `-X ${variable}=${version}`);
  return ["-s", "-w", ...variables].join(" ");
}
