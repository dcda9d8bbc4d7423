import type { ClusterSpec } from "../spec/cluster-spec";
import { artifact } from "../spec/artifacts";
import { port } from "../spec/ports";
import type { Component } from "../spec/role-configuration";
import { masterFiles } from "./agent-files";
import { cipherSuites, restartForEver, sandbox } from "./hardening";
import { kubeconfig } from "./kubeconfig";
import { kubernetes, program } from "./paths";
import { command, unit } from "./systemd";

const config = `${kubernetes}/scheduler.conf`;

/** Gives pods to nodes; one of the masters' leads. */
export function kubeScheduler(spec: ClusterSpec): Component {
  return {
    name: "kube-scheduler",
    downloads: [
      {
        name: "kube-scheduler",
        version: spec.kubernetes,
        from: artifact("kube-scheduler", spec.kubernetes, spec),
        install: { "": program("kube-scheduler") },
      },
    ],
    files: [kubeconfig(config, `https://127.0.0.1:${port.api}`, `${masterFiles.scheduler}.crt`, `${masterFiles.scheduler}.key`)],
    units: [
      unit("kube-scheduler.service", true, {
        Unit: { Description: "Kubernetes scheduler", After: "kube-apiserver.service", ...restartForEver.Unit },
        Service: {
          Type: "exec",
          ExecStart: command(program("kube-scheduler"), [], {
            kubeconfig: config,
            "authentication-kubeconfig": config,
            "authorization-kubeconfig": config,
            "bind-address": "127.0.0.1",
            "secure-port": port.scheduler,
            "tls-min-version": "VersionTLS12",
            "tls-cipher-suites": cipherSuites,
            profiling: false,
          }),
          ...restartForEver.Service,
          OOMScoreAdjust: -800,
          ...sandbox,
        },
        Install: { WantedBy: "multi-user.target" },
      }),
    ],
  };
}
