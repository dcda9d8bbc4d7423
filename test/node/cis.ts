import { parse } from "yaml";
import { roles, type Role } from "../../constructs/spec/roles";
import type { Synthesized } from "./synthesized";
import {
  type Machines,
  type Row,
  type Verdict,
  api,
  atLeast,
  controllers,
  etcd,
  flag,
  has,
  is,
  isNot,
  kubeProxy,
  kubelet,
  lacks,
  mode,
  only,
  owner,
  pki,
  row,
  scheduler,
  set,
  unset,
  within,
} from "./cis-checks";

/** kube-bench cfg/cis-1.12 at a73ce378: master.yaml 1.2.29 and node.yaml 4.2.12; these are in both lists. */
const suites = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
];

const service = (name: string) => `/etc/systemd/system/${name}.service`;
const noCniFlag = { warn: "looks for a flag of the kubelet that no longer exists" };

/** CIS Kubernetes Benchmark v1.12: the checks that need a file or a flag. */
export const cis: readonly Row[] = [
  row("1.1.1", "A", mode("master", service("kube-apiserver"))),
  row("1.1.2", "A", owner("master", service("kube-apiserver"))),
  row("1.1.3", "A", mode("master", service("kube-controller-manager"))),
  row("1.1.4", "A", owner("master", service("kube-controller-manager"))),
  row("1.1.5", "A", mode("master", service("kube-scheduler"))),
  row("1.1.6", "A", owner("master", service("kube-scheduler"))),
  row("1.1.7", "A", mode("etcd", service("etcd"))),
  row("1.1.8", "A", owner("etcd", service("etcd"))),
  row("1.1.9", "M", () => noCniFlag),
  row("1.1.10", "M", () => noCniFlag),
  row("1.1.11", "A", (machines) => mode("etcd", flag(machines, "etcd", "etcd", "data-dir") ?? "", 0o700)(machines)),
  row("1.1.12", "A", (machines) => owner("etcd", flag(machines, "etcd", "etcd", "data-dir") ?? "", "etcd:etcd")(machines)),
  row("1.1.13", "A", mode("master", "/etc/kubernetes/admin.conf")),
  row("1.1.14", "A", owner("master", "/etc/kubernetes/admin.conf")),
  row("1.1.15", "A", mode("master", "/etc/kubernetes/scheduler.conf")),
  row("1.1.16", "A", owner("master", "/etc/kubernetes/scheduler.conf")),
  row("1.1.17", "A", mode("master", "/etc/kubernetes/controller-manager.conf")),
  row("1.1.18", "A", owner("master", "/etc/kubernetes/controller-manager.conf")),
  row(
    "1.1.19",
    "A",
    pki(
      () => true,
      (one) => one.owner === "root:root",
    ),
  ),
  row(
    "1.1.20",
    "M",
    pki(
      (path) => path.endsWith(".crt"),
      (one) => within(one.mode, 0o644),
    ),
  ),
  row(
    "1.1.21",
    "M",
    pki(
      (path) => path.endsWith(".key"),
      (one) => within(one.mode, 0o600),
    ),
  ),
  row("1.2.1", "M", () => ({ warn: "anonymous requests reach /livez, /readyz and /healthz alone, by a file that excludes the flag" })),
  row("1.2.2", "A", api({ "token-auth-file": unset })),
  row("1.2.3", "M", api({ "enable-admission-plugins": has("DenyServiceExternalIPs") })),
  row("1.2.4", "A", api({ "kubelet-client-certificate": set, "kubelet-client-key": set })),
  row("1.2.5", "A", api({ "kubelet-certificate-authority": set })),
  row("1.2.6", "A", api({ "authorization-mode": lacks("AlwaysAllow") })),
  row("1.2.7", "A", api({ "authorization-mode": has("Node") })),
  row("1.2.8", "A", api({ "authorization-mode": has("RBAC") })),
  row("1.2.9", "M", api({ "enable-admission-plugins": has("EventRateLimit") })),
  row("1.2.10", "A", api({ "enable-admission-plugins": lacks("AlwaysAdmit") })),
  row("1.2.11", "M", () => ({ warn: "AlwaysPullImages ties every start of a pod to the registry, which may be in the cluster" })),
  row("1.2.12", "A", api({ "disable-admission-plugins": lacks("ServiceAccount") })),
  row("1.2.13", "A", api({ "disable-admission-plugins": lacks("NamespaceLifecycle") })),
  row("1.2.14", "A", api({ "enable-admission-plugins": has("NodeRestriction") })),
  row("1.2.15", "A", api({ profiling: is("false") })),
  row("1.2.16", "A", api({ "audit-log-path": set })),
  row("1.2.17", "A", api({ "audit-log-maxage": atLeast(30) })),
  row("1.2.18", "A", api({ "audit-log-maxbackup": atLeast(10) })),
  row("1.2.19", "A", api({ "audit-log-maxsize": atLeast(100) })),
  row("1.2.21", "A", api({ "service-account-lookup": isNot("false") })),
  row("1.2.22", "A", api({ "service-account-key-file": set })),
  row("1.2.23", "A", api({ "etcd-certfile": set, "etcd-keyfile": set })),
  row("1.2.24", "A", api({ "tls-cert-file": set, "tls-private-key-file": set })),
  row("1.2.25", "A", api({ "client-ca-file": set })),
  row("1.2.26", "A", api({ "etcd-cafile": set })),
  row("1.2.27", "M", api({ "encryption-provider-config": set })),
  row("1.2.28", "M", () => ({ warn: "the agent writes that file, with a key in it" })),
  row("1.2.29", "M", api({ "tls-cipher-suites": only(suites) })),
  row("1.2.30", "A", api({ "service-account-extend-token-expiration": is("false") })),
  row("1.3.1", "M", controllers({ "terminated-pod-gc-threshold": set })),
  row("1.3.2", "A", controllers({ profiling: is("false") })),
  row("1.3.3", "A", controllers({ "use-service-account-credentials": isNot("false") })),
  row("1.3.4", "A", controllers({ "service-account-private-key-file": set })),
  row("1.3.5", "A", controllers({ "root-ca-file": set })),
  row("1.3.6", "A", controllers({ "feature-gates": lacks("RotateKubeletServerCertificate=false") })),
  row("1.3.7", "A", controllers({ "bind-address": is("127.0.0.1") })),
  row("1.4.1", "A", scheduler({ profiling: is("false") })),
  row("1.4.2", "A", scheduler({ "bind-address": is("127.0.0.1") })),
  row("2.1", "A", etcd({ "cert-file": set, "key-file": set })),
  row("2.2", "A", etcd({ "client-cert-auth": is("true") })),
  row("2.3", "A", etcd({ "auto-tls": isNot("true") })),
  row("2.4", "A", etcd({ "peer-cert-file": set, "peer-key-file": set })),
  row("2.5", "A", etcd({ "peer-client-cert-auth": is("true") })),
  row("2.6", "A", etcd({ "peer-auto-tls": isNot("true") })),
  row("2.7", "M", etcd({ "trusted-ca-file": set })),
  row("3.2.1", "M", api({ "audit-policy-file": set })),
  row("4.1.1", "A", mode("worker", service("kubelet"))),
  row("4.1.2", "A", owner("worker", service("kubelet"))),
  row("4.1.3", "M", kubeProxy(mode("worker", "/etc/kubernetes/kube-proxy.conf"))),
  row("4.1.4", "M", kubeProxy(owner("worker", "/etc/kubernetes/kube-proxy.conf"))),
  row("4.1.5", "A", mode("worker", "/etc/kubernetes/kubelet.conf")),
  row("4.1.6", "A", owner("worker", "/etc/kubernetes/kubelet.conf")),
  row("4.1.7", "M", (machines) =>
    kubelet("authentication.x509.clientCAFile", (path) => mode("worker", String(path), 0o644)(machines))(machines),
  ),
  row("4.1.8", "M", (machines) => kubelet("authentication.x509.clientCAFile", (path) => owner("worker", String(path))(machines))(machines)),
  row("4.1.9", "A", mode("worker", "/var/lib/kubelet/config.yaml")),
  row("4.1.10", "A", owner("worker", "/var/lib/kubelet/config.yaml")),
  row(
    "4.2.1",
    "A",
    kubelet("authentication.anonymous.enabled", (value) => value === false),
  ),
  row(
    "4.2.2",
    "A",
    kubelet("authorization.mode", (value) => value === "Webhook"),
  ),
  row(
    "4.2.3",
    "A",
    kubelet("authentication.x509.clientCAFile", (value) => typeof value === "string"),
  ),
  row(
    "4.2.4",
    "M",
    kubelet("readOnlyPort", (value) => value === 0),
  ),
  row(
    "4.2.5",
    "M",
    kubelet("streamingConnectionIdleTimeout", (value) => value !== 0 && value !== "0s"),
  ),
  row(
    "4.2.6",
    "A",
    kubelet("makeIPTablesUtilChains", (value) => value !== false),
  ),
  row("4.2.7", "M", () => ({
    warn: "a node has the name that the cloud has for its machine: the approver and the cloud controller go by it",
  })),
  row(
    "4.2.8",
    "M",
    kubelet("eventRecordQPS", (value) => value === undefined || Number(value) >= 0),
  ),
  row("4.2.9", "M", () => ({ warn: "the kubelet asks the cluster for its serving certificate and renews it: no file is named" })),
  row(
    "4.2.10",
    "A",
    kubelet("rotateCertificates", (value) => value !== false),
  ),
  row(
    "4.2.11",
    "M",
    kubelet("featureGates.RotateKubeletServerCertificate", (value) => value !== false),
  ),
  row(
    "4.2.12",
    "M",
    kubelet("tlsCipherSuites", (value) => only(suites)((value as string[] | undefined)?.join(","))),
  ),
  row(
    "4.2.13",
    "M",
    kubelet("podPidsLimit", (value) => typeof value === "number"),
  ),
  row(
    "4.2.14",
    "M",
    kubelet("seccompDefault", (value) => value === true),
  ),
  row(
    "4.3.1",
    "A",
    kubeProxy(({ worker }) => {
      const file = worker.files.find((one) => one.path === "/etc/kubernetes/kube-proxy.yaml");
      const { metricsBindAddress } = parse(file?.text ?? "") as { metricsBindAddress?: string };
      return metricsBindAddress?.startsWith("127.0.0.1:") ?? true;
    }),
  ),
];

/** The verdict of every row, by its id. */
export function evaluate(machines: Machines): ReadonlyMap<string, Verdict> {
  return new Map(cis.map((one) => [one.id, one.verdict(machines)]));
}

export function machinesOf(of: (role: Role) => Synthesized): Machines {
  const [etcdMachine, master, worker] = roles.map(of);
  return { etcd: etcdMachine as Synthesized, master: master as Synthesized, worker: worker as Synthesized };
}
