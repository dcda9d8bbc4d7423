import type { ClusterSpec } from "../spec/cluster-spec";
import { artifact } from "../spec/artifacts";
import { port } from "../spec/ports";
import type { Component } from "../spec/role-configuration";
import { restartForEver } from "./hardening";
import { kubeconfig } from "./kubeconfig";
import { kubeletClient, kubernetes, program, waitForFiles } from "./paths";
import { command, unit } from "./systemd";
import { yamlText } from "./yaml-text";

const config = `${kubernetes}/kube-proxy.yaml`;
const credentials = `${kubernetes}/kube-proxy.conf`;

/**
 * Services, where the CNI does not do them itself. It comes as its node: the base add-ons bind the group `system:nodes`
 * to `system:node-proxier`, so that workers need no second secret.
 */
export function kubeProxy(spec: ClusterSpec): Component {
  return {
    name: "kube-proxy",
    downloads: [
      {
        name: "kube-proxy",
        version: spec.kubernetes,
        from: artifact("kube-proxy", spec.kubernetes, spec),
        install: { "": program("kube-proxy") },
      },
    ],
    files: [
      kubeconfig(credentials, `https://127.0.0.1:${port.apiProxy}`, kubeletClient, kubeletClient),
      { path: config, mode: "0600", owner: "root:root", text: yamlText(configuration(spec)) },
    ],
    units: [
      unit("kube-proxy.service", true, {
        Unit: { Description: "Kubernetes proxy of services", After: "kubelet.service coppice-api-proxy.service", ...restartForEver.Unit },
        Service: {
          Type: "exec",
          // The kubelet gets it from the API when the node joins.
          ExecStartPre: `${waitForFiles} ${kubeletClient}`,
          ExecStart: command(program("kube-proxy"), [], { config }),
          ...restartForEver.Service,
          OOMScoreAdjust: -998,
        },
        Install: { WantedBy: "multi-user.target" },
      }),
    ],
  };
}

function configuration(spec: ClusterSpec) {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    // Its cost grows with what changes, not with all services. Needs kernel 5.13.
    mode: "nftables",
    clientConnection: { kubeconfig: credentials },
    clusterCIDR: spec.network.pods,
    metricsBindAddress: `127.0.0.1:${port.kubeProxyMetrics}`,
    healthzBindAddress: `0.0.0.0:${port.kubeProxyHealth}`,
    nodePortAddresses: ["primary"],
  };
}
