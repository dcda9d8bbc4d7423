import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { machineFile } from "../constructs/node/paths";
import type { Environment } from "../terraform/find-program";
import { cacheFolder } from "../emulated/python-environment";
import { labFile } from "./files";
import { aliases, imagesArchive } from "./images";

type Content =
  /** The path of a file. */
  { readonly from: string; readonly mode?: number } | { readonly text: string } | { readonly link: string };

const script = (name: string): Content => ({ from: labFile(name), mode: 0o755 });

/** What needs hardware, the internet or somebody at the console; and the network, which the lab gives from outside. */
const masked = [
  ...["systemd-udevd.service", "systemd-udev-trigger.service", "apt-daily.timer", "apt-daily-upgrade.timer", "systemd-firstboot.service"],
  ...["systemd-ask-password-console.path", "systemd-ask-password-wall.path"],
  ...["systemd-networkd.service", "systemd-networkd.socket", "systemd-networkd-wait-online.service"],
];

/**
 * Where machines of the lab differ from those of production beyond their user-data and configuration; the output of every
 * run says so.
 */
export const differences: readonly string[] = [
  "kubelets accept cgroup v1, collect no images, and evict pods only when the disk of this computer is nearly full",
  "containerd leaves the scores of the OOM killer alone",
  "roots of machines lie in memory; the disks of seats do not",
  "the pause container is the lab's own, under the name of upstream's",
];

/** By the product's own folders for drop-ins. */
const kubelet = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
imageGCHighThresholdPercent: 100
evictionHard:
  memory.available: 100Mi
  nodefs.available: 1%
  nodefs.inodesFree: 1%
  imagefs.available: 1%
  imagefs.inodesFree: 1%
`;
const containerd = `version = 3

[plugins.'io.containerd.cri.v1.runtime']
restrict_oom_score_adj = true
`;

const unit = "etc/systemd/system";
/** It asks again and again: a watch would be one of the few that this computer has for all machines together. */
const imagesService = `[Unit]
Description=Lab: images that no registry here has
After=coppice-loader.service

[Service]
ExecCondition=/bin/sh -c '! grep -q role.:.etcd ${machineFile}'
ExecStart=/usr/lib/coppice-lab/images ${aliases().flat().join(" ")}
Restart=on-failure
RestartSec=1

[Install]
WantedBy=multi-user.target
`;

function contents(images: string): Readonly<Record<string, Content>> {
  return {
    "usr/lib/coppice-lab/kernel": script("kernel.sh"),
    "usr/lib/coppice-lab/update-ca-certificates": script("update-ca-certificates.sh"),
    "usr/lib/coppice-lab/images": script("images.sh"),
    "usr/lib/coppice-lab/images.tar": { from: images },
    [`${unit}/lab-kernel.service`]: { from: labFile("lab-kernel.service") },
    [`${unit}/lab-images.service`]: { text: imagesService },
    [`${unit}/sysinit.target.wants/lab-kernel.service`]: { link: "../lab-kernel.service" },
    [`${unit}/multi-user.target.wants/lab-images.service`]: { link: "../lab-images.service" },
    ...Object.fromEntries(masked.map((name) => [`${unit}/${name}`, { link: "/dev/null" }])),
    // As on Flatcar: what no preset names stays off.
    "usr/lib/systemd/system-preset/99-default.preset": { text: "disable *\n" },
    "etc/systemd/system-preset/00-lab.preset": { text: "enable lab-kernel.service\nenable lab-images.service\n" },
    // Ignition stops where it cannot read which labels its files get.
    "etc/selinux/config": { text: "SELINUX=disabled\nSELINUXTYPE=targeted\n" },
    // Without the latter, cloud-init fails for want of locales.
    "etc/cloud/cloud.cfg.d/99-lab.cfg": { text: "datasource_list: [ NoCloud ]\nlocale: false\n" },
    // No name server answers here: a name that is not in /etc/hosts is unknown at once. Pods get systemd-resolved's list.
    "etc/resolv.conf": { text: "nameserver 127.0.0.1\n" },
    "usr/lib/tmpfiles.d/lab.conf": { text: "d /run/systemd/resolve 0755 root root\nf /run/systemd/resolve/resolv.conf 0644 root root\n" },
    "etc/kubernetes/kubelet.conf.d/99-lab.conf": { text: kubelet },
    "etc/containerd/conf.d/lab.toml": { text: containerd },
  };
}

/** The lab's own files, upon the packages of the base; made on first use, by what is in them. */
export function layerFolder(env: Environment, say: (text: string) => void): string {
  const images = imagesArchive(env, say);
  const files = contents(images);
  const texts = Object.entries(files).map(([path, content]) => [path, "from" in content ? textOf(content.from, images) : content]);
  const key = createHash("sha256").update(JSON.stringify(texts)).digest("hex");
  const folder = join(cacheFolder(env), `lab-layer-${key.slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const aside = `${folder}.${process.pid}`;
  try {
    Object.entries(files).forEach(([path, content]) => put(join(aside, path), content));
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return folder;
}

/** The name of the archive of images says what is in it. */
const textOf = (path: string, images: string): string => (path === images ? basename(path) : readFileSync(path, "utf8"));

function put(path: string, content: Content): void {
  mkdirSync(dirname(path), { recursive: true });
  if ("link" in content) symlinkSync(content.link, path);
  else if ("text" in content) writeFileSync(path, content.text);
  else {
    copyFileSync(content.from, path);
    chmodSync(path, content.mode ?? 0o644);
  }
}
