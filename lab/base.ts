import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Environment } from "../emulated/find-program";
import { cacheFolder } from "../emulated/python-environment";
import { ran } from "./command";
import { labFile } from "./files";

const suite = "bookworm";

/** What machines of a cloud have and a minimal Debian lacks. */
const packages = [
  ...["systemd", "systemd-sysv", "systemd-timesyncd", "dbus", "kmod", "procps", "netbase", "e2fsprogs"],
  ...["ca-certificates", "curl", "openssl", "xz-utils"],
  ...["iproute2", "iputils-ping", "nftables", "iptables", "ipset", "conntrack", "ethtool"],
  ...["cloud-init", "runc"],
];

/** What needs hardware, the internet or somebody at the console; and the network, which the lab gives from outside. */
const masked = [
  ...["systemd-udevd.service", "systemd-udev-trigger.service", "apt-daily.timer", "apt-daily-upgrade.timer", "systemd-firstboot.service"],
  ...["systemd-networkd.service", "systemd-networkd.socket", "systemd-networkd-wait-online.service"],
];

/** Files of the base by path; texts are this folder's. */
const files: Readonly<Record<string, { readonly from?: string; readonly text?: string; readonly mode?: number }>> = {
  "usr/lib/coppice-lab/kernel": { from: "kernel.sh", mode: 0o755 },
  "usr/lib/coppice-lab/update-ca-certificates": { from: "update-ca-certificates.sh", mode: 0o755 },
  "etc/systemd/system/lab-kernel.service": { from: "lab-kernel.service" },
  // As on Flatcar: what no preset names stays off.
  "usr/lib/systemd/system-preset/99-default.preset": { text: "disable *\n" },
  "etc/systemd/system-preset/00-lab.preset": { text: "enable lab-kernel.service\n" },
  // Ignition stops where it cannot read which labels its files get.
  "etc/selinux/config": { text: "SELINUX=disabled\nSELINUXTYPE=targeted\n" },
  // Without the latter, cloud-init fails for want of locales.
  "etc/cloud/cloud.cfg.d/99-lab.cfg": { text: "datasource_list: [ NoCloud ]\nlocale: false\n" },
};

/** The root file system below all machines, made on first use. The key is all that decides it, but for the state of Debian's archive. */
export function baseFolder(env: Environment, say: (text: string) => void): string {
  const stage = labFile("base-stage.sh");
  const texts = Object.entries(files).map(([path, { from, text }]) => [
    path,
    from === undefined ? text : readFileSync(labFile(from), "utf8"),
  ]);
  const key = createHash("sha256")
    .update(JSON.stringify([suite, packages, masked, readFileSync(stage, "utf8"), texts]))
    .digest("hex");
  const folder = join(cacheFolder(env), `lab-base-${key.slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  say(`making the base of all machines in ${folder} (once; about a minute)`);
  const aside = `${folder}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  try {
    ran(stage, [aside, suite, ...packages]);
    Object.entries(files).forEach(([path, file]) => put(join(aside, path), file));
    ran("systemctl", ["--root", aside, "mask", ...masked]);
    ran("systemctl", ["--root", aside, "enable", "lab-kernel.service"]);
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return folder;
}

function put(path: string, { from, text, mode = 0o644 }: (typeof files)[string]): void {
  mkdirSync(dirname(path), { recursive: true });
  if (from === undefined) writeFileSync(path, text ?? "");
  else copyFileSync(labFile(from), path);
  chmodSync(path, mode);
}
