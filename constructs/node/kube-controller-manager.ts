import type { ClusterSpec } from "../spec/cluster-spec";
import { artifact } from "../spec/artifacts";
import { defaults } from "../spec/defaults";
import { port } from "../spec/ports";
import type { Component } from "../spec/role-configuration";
import { masterFiles, nodeFiles } from "./agent-files";
import { cipherSuites, restartForEver, sandbox } from "./hardening";
import { kubeconfig } from "./kubeconfig";
import { kubernetes, program } from "./paths";
import { command, unit } from "./systemd";

const config = `${kubernetes}/controller-manager.conf`;

/** The controllers of Kubernetes itself; one of the masters' leads. */
export function kubeControllerManager(spec: ClusterSpec): Component {
  return {
    name: "kube-controller-manager",
    downloads: [
      {
        name: "kube-controller-manager",
        version: spec.kubernetes,
        from: artifact("kube-controller-manager", spec.kubernetes, spec),
        install: { "": program("kube-controller-manager") },
      },
    ],
    files: [
      kubeconfig(config, `https://127.0.0.1:${port.api}`, `${masterFiles.controllerManager}.crt`, `${masterFiles.controllerManager}.key`),
    ],
    units: [
      unit("kube-controller-manager.service", true, {
        Unit: { Description: "Kubernetes controller manager", After: "kube-apiserver.service", ...restartForEver.Unit },
        Service: {
          Type: "exec",
          ExecStart: command(program("kube-controller-manager"), [], flags(spec)),
          ...restartForEver.Service,
          OOMScoreAdjust: -800,
          ...sandbox,
        },
        Install: { WantedBy: "multi-user.target" },
      }),
    ],
  };
}

function flags(spec: ClusterSpec) {
  return {
    kubeconfig: config,
    "authentication-kubeconfig": config,
    "authorization-kubeconfig": config,
    "bind-address": "127.0.0.1",
    "secure-port": port.controllerManager,
    "cluster-name": spec.name,
    // For every CNI: each of them can take a node's block from the Node object, and one that has its own ignores it.
    "allocate-node-cidrs": true,
    "cluster-cidr": spec.network.pods,
    "node-cidr-mask-size": defaults.nodePodsPrefix,
    "service-cluster-ip-range": spec.network.services,
    // Join tokens die on their own; that controller is off by default.
    controllers: ["*", "tokencleaner"],
    "cluster-signing-cert-file": `${masterFiles.signing}.crt`,
    "cluster-signing-key-file": `${masterFiles.signing}.key`,
    // Kubelets renew theirs by themselves; a stolen one is of no use the day after.
    "cluster-signing-duration": "24h",
    "root-ca-file": nodeFiles.authorities,
    "service-account-private-key-file": masterFiles.serviceAccountKey,
    "use-service-account-credentials": true,
    // The default keeps 12,500 finished pods in etcd.
    "terminated-pod-gc-threshold": 1000,
    "tls-min-version": "VersionTLS12",
    "tls-cipher-suites": cipherSuites,
    profiling: false,
  };
}
