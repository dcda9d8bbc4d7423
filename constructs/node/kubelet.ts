import { hostOf } from "../spec/cidr";
import type { ClusterSpec } from "../spec/cluster-spec";
import { artifact } from "../spec/artifacts";
import { port } from "../spec/ports";
import type { Component } from "../spec/role-configuration";
import { nodeFiles } from "./agent-files";
import { cipherSuites, restartForEver } from "./hardening";
import { containerdSocket, kubeletDropIns, kubeletHome, kubernetes, program } from "./paths";
import type { NodePlatform } from "./platform";
import { command, iniText, unit } from "./systemd";
import { yamlText } from "./yaml-text";

/** Time that pods get when the machine is told to shut down; the last part of it belongs to the critical ones. */
const shutdownSeconds = 60;
const shutdownCriticalSeconds = 20;

const config = `${kubeletHome}/config.yaml`;

/** Address of the cluster's DNS, which is a convention and no setting: the tenth of the services. */
export const clusterDns = (spec: ClusterSpec): string => hostOf(spec.network.services, 10);

/** Joins a machine to the cluster and runs its pods. */
export function kubelet(spec: ClusterSpec, role: "master" | "worker", platform: NodePlatform): Component {
  return {
    name: "kubelet",
    downloads: [
      {
        name: "kubelet",
        version: spec.kubernetes,
        from: artifact("kubelet", spec.kubernetes, spec),
        install: { "": program("kubelet") },
      },
    ],
    files: [
      { path: config, mode: "0600", owner: "root:root", text: yamlText(configuration(spec, role)) },
      { path: "/etc/tmpfiles.d/coppice-kubelet.conf", mode: "0644", owner: "root:root", text: folders },
      { path: "/etc/systemd/logind.conf.d/10-coppice.conf", mode: "0644", owner: "root:root", text: logind },
    ],
    units: [
      unit("kubelet.service", true, {
        Unit: {
          Description: "Kubernetes kubelet",
          // Not required: containerd may restart without taking the kubelet along.
          Wants: "containerd.service coppice-api-proxy.service network-online.target",
          After: "containerd.service coppice-api-proxy.service network-online.target",
          ...restartForEver.Unit,
        },
        Service: {
          Type: "notify",
          // The kubelet answers only while its own health check is good.
          WatchdogSec: 60,
          EnvironmentFile: `-${nodeFiles.environment}`,
          ExecStart: command(program("kubelet"), [], flags(role, platform)),
          ...restartForEver.Service,
          OOMScoreAdjust: -999,
        },
        Install: { WantedBy: "multi-user.target" },
      }),
    ],
  };
}

const folders = [`d ${kubeletHome} 0700 root root`, `d ${kubeletDropIns} 0700 root root`, `d ${volumePlugins()} 0700 root root`, ""].join(
  "\n",
);

// Its default is below /usr, which is read-only on some systems.
function volumePlugins(): string {
  return `${kubeletHome}/volume-plugins`;
}

/** logind waits no longer than this for the kubelet to stop its pods. */
const logind = iniText({ Login: { InhibitDelayMaxSec: shutdownSeconds + 10 } });

function flags(role: "master" | "worker", platform: NodePlatform) {
  return {
    config,
    "config-dir": kubeletDropIns,
    kubeconfig: `${kubernetes}/kubelet.conf`,
    "bootstrap-kubeconfig": nodeFiles.bootstrap,
    // As the cloud calls the machine, whatever the operating system has made of it.
    "hostname-override": { variable: "NODE_NAME" },
    "node-ip": { variable: "NODE_ADDRESS" },
    // No label of the control plane: a kubelet may not give itself one. The agent of a master does it.
    "node-labels": { variable: "NODE_LABELS" },
    "register-with-taints": role === "worker" ? { variable: "NODE_TAINTS" } : undefined,
    "cloud-provider": platform.cloudProvider === "external" ? "external" : undefined,
    "provider-id": platform.cloudProvider === "external" ? { variable: "PROVIDER_ID" } : undefined,
  };
}

function configuration(spec: ClusterSpec, role: "master" | "worker") {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: nodeFiles.authorities },
    },
    authorization: { mode: "Webhook" },
    port: port.kubelet,
    readOnlyPort: 0,
    serverTLSBootstrap: true,
    rotateCertificates: true,
    tlsMinVersion: "VersionTLS12",
    tlsCipherSuites: cipherSuites,
    cgroupDriver: "systemd",
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    clusterDNS: [clusterDns(spec)],
    clusterDomain: spec.network.domain,
    // The servers behind systemd-resolved, whose own address no pod can reach.
    resolvConf: "/run/systemd/resolve/resolv.conf",
    volumePluginDir: volumePlugins(),
    protectKernelDefaults: true,
    seccompDefault: true,
    podPidsLimit: 4096,
    serializeImagePulls: false,
    maxParallelImagePulls: 5,
    shutdownGracePeriod: `${shutdownSeconds}s`,
    shutdownGracePeriodCriticalPods: `${shutdownCriticalSeconds}s`,
    // Constant, as a pool's configuration does not know the machine's size. On masters the control plane itself is below "system".
    systemReserved: role === "master" ? { cpu: "500m", memory: "2Gi" } : { cpu: "100m", memory: "256Mi" },
    kubeReserved: { cpu: "100m", memory: "512Mi", "ephemeral-storage": "1Gi" },
    // A list given here replaces all of the defaults; these are upstream's, but for the memory: 100Mi are gone before the kubelet looks.
    evictionHard: {
      "memory.available": "200Mi",
      "nodefs.available": "10%",
      "nodefs.inodesFree": "5%",
      "imagefs.available": "15%",
      "imagefs.inodesFree": "5%",
    },
    ...(role === "master" && { registerWithTaints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] }),
  };
}
