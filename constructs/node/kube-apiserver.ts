import { hostOf } from "../spec/cidr";
import type { ClusterSpec } from "../spec/cluster-spec";
import { artifact } from "../spec/artifacts";
import { port } from "../spec/ports";
import type { Component } from "../spec/role-configuration";
import { etcdSeats } from "../spec/seats";
import { masterFiles, nodeFiles } from "./agent-files";
import { apiDrainSeconds } from "../spec/drain";
import { apiServerFiles, apiServerPaths } from "./kube-apiserver-files";
import { cipherSuites, restartForEver, sandbox } from "./hardening";
import { program, proxyFile } from "./paths";
import { command, unit } from "./systemd";

/** Requests that are still running when the drain is over. */
const lastRequestsSeconds = 60;

/** Address of the service `kubernetes`, which is in the certificate of the API: the first one of the block. */
export const apiServiceAddress = (spec: ClusterSpec): string => hostOf(spec.network.services, 1);

/** Who service account tokens are from. */
export const serviceAccountIssuer = (spec: ClusterSpec): string => `https://kubernetes.default.svc.${spec.network.domain}`;

/** The API server. It needs neither a registry nor a kubelet, only etcd. */
export function kubeApiserver(spec: ClusterSpec): Component {
  return {
    name: "kube-apiserver",
    downloads: [
      {
        name: "kube-apiserver",
        version: spec.kubernetes,
        from: artifact("kube-apiserver", spec.kubernetes, spec),
        install: { "": program("kube-apiserver") },
      },
    ],
    files: apiServerFiles(spec),
    units: [
      unit("kube-apiserver.service", true, {
        Unit: {
          Description: "Kubernetes API server",
          After: "network-online.target",
          Wants: "network-online.target",
          ...restartForEver.Unit,
        },
        Service: {
          Type: "notify",
          EnvironmentFile: [`-${masterFiles.environment}`, ...(spec.network.proxy ? [`-${proxyFile}`] : [])],
          ExecStart: command(program("kube-apiserver"), [], flags(spec)),
          ...restartForEver.Service,
          TimeoutStopSec: apiDrainSeconds + lastRequestsSeconds,
          LogsDirectory: "kubernetes",
          LogsDirectoryMode: "0700",
          LimitNOFILE: 65536,
          OOMScoreAdjust: -900,
          CPUWeight: 500,
          ...sandbox,
        },
        Install: { WantedBy: "multi-user.target" },
      }),
    ],
  };
}

function flags(spec: ClusterSpec) {
  return {
    "advertise-address": { variable: "NODE_ADDRESS" },
    "secure-port": port.api,
    "etcd-servers": etcdSeats(spec).map((seat) => `https://${seat.address}:${port.etcdClient}`),
    "etcd-cafile": masterFiles.etcdAuthorities,
    "etcd-certfile": `${masterFiles.etcdClient}.crt`,
    "etcd-keyfile": `${masterFiles.etcdClient}.key`,
    "client-ca-file": nodeFiles.authorities,
    "tls-cert-file": `${masterFiles.server}.crt`,
    "tls-private-key-file": `${masterFiles.server}.key`,
    "tls-min-version": "VersionTLS12",
    "tls-cipher-suites": cipherSuites,
    // Anonymous requests are in this file too, and then in no flag: both together are an error.
    "authentication-config": apiServerPaths.authentication,
    "enable-bootstrap-token-auth": true,
    "authorization-mode": ["Node", "RBAC"],
    "enable-admission-plugins": ["NodeRestriction", "EventRateLimit", "DenyServiceExternalIPs"],
    "admission-control-config-file": apiServerPaths.admission,
    "encryption-provider-config": masterFiles.encryption,
    "encryption-provider-config-automatic-reload": true,
    "audit-policy-file": apiServerPaths.audit,
    "audit-log-path": "/var/log/kubernetes/audit.log",
    // CIS 1.2.17 to 1.2.19 ask for 30 days, 10 files, 100 MB at least; the log takes 1.1 GB of the root disk at most.
    "audit-log-maxage": 30,
    "audit-log-maxbackup": 10,
    "audit-log-maxsize": 100,
    "kubelet-certificate-authority": nodeFiles.authorities,
    "kubelet-client-certificate": `${masterFiles.kubeletClient}.crt`,
    "kubelet-client-key": `${masterFiles.kubeletClient}.key`,
    // The default tries host names first, which no DNS of a machine knows: exec and logs then fail.
    "kubelet-preferred-address-types": ["InternalIP", "Hostname"],
    "service-cluster-ip-range": spec.network.services,
    "service-account-issuer": serviceAccountIssuer(spec),
    "service-account-key-file": masterFiles.serviceAccountKeys,
    "service-account-signing-key-file": masterFiles.serviceAccountKey,
    // CIS 1.2.30. The extension gives every token that a pod mounts a year.
    "service-account-extend-token-expiration": false,
    "requestheader-client-ca-file": masterFiles.frontProxyAuthorities,
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-username-headers": "X-Remote-User",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "proxy-client-cert-file": `${masterFiles.frontProxy}.crt`,
    "proxy-client-key-file": `${masterFiles.frontProxy}.key`,
    "endpoint-reconciler-type": "lease",
    // Moves long connections to a master that came back; alone there is nowhere to move to.
    "goaway-chance": spec.masters.seats > 1 ? 0.001 : undefined,
    "shutdown-delay-duration": `${apiDrainSeconds}s`,
    "shutdown-send-retry-after": true,
    profiling: false,
  };
}
