import type { ClusterSpec } from "../spec/cluster-spec";
import { artifact } from "../spec/artifacts";
import type { Component } from "../spec/role-configuration";
import { cniPluginsVersion, containerdVersion, pauseImage, runcVersion } from "../spec/versions";
import { restartForEver } from "./hardening";
import { cniConfigurations, cniPrograms, home, program, proxyFile } from "./paths";
import { command, unit } from "./systemd";

const config = "/etc/containerd/config.toml";
const dropIns = "/etc/containerd/conf.d";
const registries = "/etc/containerd/certs.d";

/** What CNIs of all kinds call; their own programs they bring themselves. */
const cniPlugins = ["bandwidth", "bridge", "firewall", "host-local", "loopback", "portmap", "tuning"] as const;

/** Runs containers. The same programs on every operating system: one that brings its own never starts it. */
export function containerd(spec: ClusterSpec): Component {
  const programs = ["containerd", "containerd-shim-runc-v2", "ctr"];
  return {
    name: "containerd",
    downloads: [
      {
        name: "containerd",
        version: containerdVersion,
        from: artifact("containerd", containerdVersion, spec),
        install: Object.fromEntries(programs.map((name) => [`bin/${name}`, program(name)])),
      },
      { name: "runc", version: runcVersion, from: artifact("runc", runcVersion, spec), install: { "": program("runc") } },
      {
        name: "cni-plugins",
        version: cniPluginsVersion,
        from: artifact("cni-plugins", cniPluginsVersion, spec),
        install: Object.fromEntries(cniPlugins.map((name) => [name, `${cniPrograms}/${name}`])),
      },
    ],
    files: [
      { path: config, mode: "0644", owner: "root:root", text: configuration(spec) },
      { path: "/etc/tmpfiles.d/coppice-containerd.conf", mode: "0644", owner: "root:root", text: folders },
    ],
    units: [
      unit("containerd.service", true, {
        Unit: { Description: "containerd", After: "network.target", ...restartForEver.Unit },
        Service: {
          Type: "notify",
          EnvironmentFile: spec.network.proxy ? `-${proxyFile}` : undefined,
          // Where it looks for its shim.
          Environment: `PATH=${home}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
          ExecStart: command(program("containerd"), [], { config }),
          ...restartForEver.Service,
          // Its containers are in groups below it, run on while it restarts, and are counted by themselves.
          Delegate: "yes",
          KillMode: "process",
          LimitNPROC: "infinity",
          LimitCORE: "infinity",
          TasksMax: "infinity",
          OOMScoreAdjust: -999,
        },
        Install: { WantedBy: "multi-user.target" },
      }),
    ],
  };
}

const folders = [dropIns, registries, cniPrograms, cniConfigurations].map((path) => `d ${path} 0755 root root\n`).join("");

/** Format 3, which every containerd 2 reads: a roll-out may go back to an older one. */
function configuration(spec: ClusterSpec): string {
  return `version = 3
imports = ['${dropIns}/*.toml']

[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = '${pauseImage(spec.kubernetes)}'

[plugins.'io.containerd.cri.v1.images'.registry]
config_path = '${registries}'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
runtime_type = 'io.containerd.runc.v2'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
BinaryName = '${program("runc")}'
SystemdCgroup = true

[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = ['${cniPrograms}']
conf_dir = '${cniConfigurations}'
`;
}
