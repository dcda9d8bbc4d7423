import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../terraform/find-program";
import { cacheFolder } from "../emulated/python-environment";
import { ran } from "./command";
import { labFile } from "./files";
import { layerFolder } from "./layer";

const suite = "bookworm";

/** What machines of a cloud have and a minimal Debian lacks. */
const packages = [
  ...["systemd", "systemd-sysv", "systemd-timesyncd", "dbus", "kmod", "procps", "netbase", "e2fsprogs"],
  ...["ca-certificates", "curl", "openssl", "xz-utils"],
  ...["iproute2", "iputils-ping", "nftables", "iptables", "ipset", "conntrack", "ethtool"],
  ...["cloud-init", "runc"],
];

/** The root file system below all machines. */
export interface Base {
  /** Folders, the uppermost first. */
  readonly layers: readonly string[];
  /** The one that packages come from. */
  readonly packages: string;
}

export function baseOf(env: Environment, say: (text: string) => void): Base {
  const packages = packagesFolder(env, say);
  return { layers: [layerFolder(env, say), packages], packages };
}

/** Debian's packages, unpacked on first use. The key is all that decides it, but for the state of Debian's archive. */
function packagesFolder(env: Environment, say: (text: string) => void): string {
  const stage = labFile("base-stage.sh");
  const key = createHash("sha256")
    .update(JSON.stringify([suite, packages, readFileSync(stage, "utf8")]))
    .digest("hex");
  const folder = join(cacheFolder(env), `lab-base-${key.slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  say(`making the base of all machines in ${folder} (once; about a minute)`);
  const aside = `${folder}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  try {
    ran(stage, [aside, suite, ...packages]);
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return folder;
}
