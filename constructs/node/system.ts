import type { Component, NodeFile } from "../spec/role-configuration";
import type { Role } from "../spec/roles";
import { kubernetes, pki, waitForFiles } from "./paths";
import { script } from "./shell";
import { iniText } from "./systemd";
import waitForFilesText from "./wait-for-files.sh";

type Sysctls = Readonly<Record<string, number>>;

const sysctls: Sysctls = {
  // A kernel that is in trouble reboots within 10 seconds, and the machine comes back by itself.
  "kernel.panic": 10,
  "kernel.panic_on_oops": 1,
  "kernel.softlockup_panic": 1,
  // An application that is out of memory is no reason to panic.
  "vm.panic_on_oom": 0,
};

/** Of machines that run pods. */
const nodeSysctls: Sysctls = {
  // The kubelet refuses to start on other values of these and of the first four: protectKernelDefaults.
  "vm.overcommit_memory": 1,
  "kernel.keys.root_maxkeys": 1_000_000,
  "kernel.keys.root_maxbytes": 25_000_000,
  // https://kubernetes.io/docs/setup/production-environment/container-runtimes/#prerequisite-ipv4-forwarding-optional
  "net.ipv4.ip_forward": 1,
  // kube-proxy sees what goes between pods of one machine only so.
  "net.bridge.bridge-nf-call-iptables": 1,
  // Every container that watches files takes one; the defaults are used up by some hundred pods:
  // https://kind.sigs.k8s.io/docs/user/known-issues/#pod-errors-due-to-too-many-open-files
  "fs.inotify.max_user_instances": 8192,
  "fs.inotify.max_user_watches": 524_288,
};

/** For machines whose virtual hardware has no watchdog of its own. */
const modules = ["softdog"];
const nodeModules = ["overlay", "br_netfilter", "nf_conntrack"];

/** Settings of the operating system. */
export function system(role: Role): Component {
  const node = role !== "etcd";
  return {
    name: "system",
    downloads: [],
    files: [
      { path: waitForFiles, mode: "0755", owner: "root:root", text: script(waitForFilesText) },
      file("/etc/modules-load.d/coppice.conf", `${[...modules, ...(node ? nodeModules : [])].join("\n")}\n`),
      // After the vendor's own, which sort before 90.
      file("/etc/sysctl.d/90-coppice.conf", sysctlText({ ...sysctls, ...(node ? nodeSysctls : {}) })),
      file("/etc/systemd/journald.conf.d/10-coppice.conf", iniText({ Journal: { Storage: "persistent", SystemMaxUse: "1G" } })),
      // A machine that hangs resets itself. Read when systemd starts, so from the second boot on.
      file("/etc/systemd/system.conf.d/10-coppice.conf", iniText({ Manager: { RuntimeWatchdogSec: 30, RebootWatchdogSec: 120 } })),
      ...(node ? [file("/etc/tmpfiles.d/coppice.conf", `d ${kubernetes} 0755 root root\nd ${pki} 0700 root root\n`)] : []),
    ],
    units: [],
  };
}

function file(path: string, text: string): NodeFile {
  return { path, mode: "0644", owner: "root:root", text };
}

function sysctlText(values: Sysctls): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join("");
}
