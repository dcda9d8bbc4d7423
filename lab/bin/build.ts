import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CannotRun } from "../../terraform/cannot-run";
import type { Environment } from "../../terraform/find-program";
import { cacheFolder } from "../../emulated/python-environment";
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

/** The folder with the programs of a module, built on first use. The key is all that decides their bytes. */
export function builtPrograms(module: Module, env: Environment, say: (text: string) => void): string {
  const source = labFile("bin", module);
  const [mod = "", ...others] = ["go.mod", "go.sum", ...ownSources(source)].map((file) => textOf(join(source, file)));
  const flags = ["-trimpath", "-tags", tags, "-ldflags", linkerFlags(module, mod)];
  const key = createHash("sha256")
    .update([mod, ...others, go(source, ["env", "GOVERSION"], env), ...flags].join("\n"))
    .digest("hex");
  const folder = join(cacheFolder(env), `lab-${module}-${key.slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const aside = `${folder}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  try {
    for (const path of toolsOf(mod)) {
      say(`building ${path}`);
      // Images hold nothing but the program.
      const own = module === "pods" ? { ...env, CGO_ENABLED: "0" } : env;
      go(source, ["build", ...flags, "-o", join(aside, programName(path)), path], own);
    }
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return folder;
}

/** Programs that the lab has written itself, one folder each. */
function ownSources(source: string): readonly string[] {
  const folders = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => join(name, "main.go")).sort();
}

/** A module without dependencies has no `go.sum`. */
const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");

/** Packages that `tool` directives name. */
export function toolsOf(mod: string): readonly string[] {
  const blocks = [...mod.matchAll(/^tool \(\n([^)]*)\)/gm)].flatMap(([, block = ""]) => block.split("\n"));
  const single = [...mod.matchAll(/^tool ([^\s(]+)$/gm)].map(([, path = ""]) => path);
  return [...blocks, ...single].map((path) => path.trim()).filter((path) => path !== "");
}

/** `…/cmd/kubelet` → `kubelet`, `…/etcdctl/v3` → `etcdctl`; upstream calls its package of etcd `server`. */
export function programName(path: string): string {
  const name =
    path
      .replace(/\/v\d+$/, "")
      .split("/")
      .at(-1) ?? path;
  return name === "server" ? "etcd" : name;
}

function linkerFlags(module: Module, mod: string): string {
  const version = /^\s*(?:k8s\.io\/kubernetes|github\.com\/containerd\/containerd\/v2) (v\S+)/m.exec(mod)?.[1];
  const variables = (versionVariables[module] ?? []).map((variable) => `-X ${variable}=${version}`);
  return ["-s", "-w", ...variables].join(" ");
}

function go(folder: string, args: readonly string[], env: Environment): string {
  const done = spawnSync("go", args, { cwd: folder, env: env as NodeJS.ProcessEnv, encoding: "utf8" });
  if (done.error) throw new CannotRun(`no go: ${done.error.message}`, "install Go, once; the built programs are kept");
  if (done.status !== 0) throw new Error(`go ${args[0]} in ${folder}:\n${done.stderr.trim().split("\n").slice(-10).join("\n")}`);
  return done.stdout.trim();
}
