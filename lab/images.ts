import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pauseImages } from "../constructs/spec/versions";
import type { Environment } from "../terraform/find-program";
import { cacheFolder } from "../emulated/python-environment";
import { builtPrograms } from "./bin/build";
import { ran } from "./command";

/** What pods of the lab run: it answers HTTP on port 8080 with the pod's name, and asks others with `/web get URL`. */
export const webImage = imageOf("web");
const pauseImage = imageOf("pause");

function imageOf(program: string): string {
  return `lab.local/${program}:1`;
}

/**
 * Names that images have beside their own. Upstream's image cannot be had here, so one that does the same stands under its
 * name; containerd looks images of a digest up without their tag.
 */
export function aliases(): readonly (readonly [image: string, alias: string])[] {
  return [...new Set(Object.values(pauseImages))].map((pinned) => [pauseImage, pinned.replace(/:[\d.]+@/, "@")]);
}

/** One archive of all images, made on first use, in the form that Docker saves. */
export function imagesArchive(env: Environment, say: (text: string) => void): string {
  const programs = builtPrograms("pods", env, say);
  const file = join(cacheFolder(env), `${basename(programs).replace("lab-pods", "lab-images")}.tar`);
  if (existsSync(file)) return file;
  const folder = mkdtempSync(`${file}.`);
  try {
    const manifest = readdirSync(programs).map((program) => writeImage(folder, programs, program));
    writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
    ran("tar", ["-cf", `${folder}/images.tar`, "-C", folder, ...readdirSync(folder)]);
    renameSync(`${folder}/images.tar`, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return file;
}

/** An image of one static program. */
function writeImage(folder: string, programs: string, program: string) {
  const layer = join(program, "layer.tar");
  mkdirSync(join(folder, program));
  ran("tar", ["--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "-cf", join(folder, layer), "-C", programs, program]);
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    config: { Entrypoint: [`/${program}`] },
    rootfs: { type: "layers", diff_ids: [`sha256:${digest(readFileSync(join(folder, layer)))}`] },
  });
  const name = `${digest(config)}.json`;
  writeFileSync(join(folder, name), config);
  return { Config: name, RepoTags: [imageOf(program)], Layers: [layer] };
}

const digest = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
