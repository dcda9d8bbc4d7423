import type { AgentFile } from "../spec/role-configuration";
import { etcdPki, kubernetes, pki } from "./paths";

/**
 * Every file that the agent writes, for whichever role has a unit that reads it. Certificates are renewed in place, at two
 * thirds of their life: all programs here read them again by themselves, so nothing restarts for it.
 */
const root = "root:root";
const etcd = "root:etcd";

const pair = (path: string, owner: string, holds: string): readonly AgentFile[] => [
  { path: `${path}.crt`, mode: owner === root ? "0644" : "0640", owner, kind: "certificate", holds },
  { path: `${path}.key`, mode: owner === root ? "0600" : "0640", owner, kind: "key", holds: `key of ${path}.crt` },
];
const trust = (path: string, owner: string, holds: string): AgentFile => {
  return { path, mode: owner === root ? "0644" : "0640", owner, kind: "trust-bundle", holds };
};

export const etcdFiles = {
  /** In `/run`, so that no boot starts a member before the agent has decided what this seat is. */
  environment: "/run/coppice/etcd.env",
  server: `${etcdPki}/server`,
  peer: `${etcdPki}/peer`,
  clientAuthorities: `${etcdPki}/client-ca.crt`,
  peerAuthorities: `${etcdPki}/peer-ca.crt`,
} as const;

export const masterFiles = {
  environment: `${kubernetes}/kube-apiserver.env`,
  encryption: `${kubernetes}/encryption.yaml`,
  server: `${pki}/apiserver`,
  etcdClient: `${pki}/apiserver-etcd-client`,
  etcdAuthorities: `${pki}/etcd-ca.crt`,
  kubeletClient: `${pki}/apiserver-kubelet-client`,
  frontProxy: `${pki}/front-proxy-client`,
  frontProxyAuthorities: `${pki}/front-proxy-ca.crt`,
  serviceAccountKeys: `${pki}/service-account.pub`,
  serviceAccountKey: `${pki}/service-account.key`,
  signing: `${pki}/signing`,
  controllerManager: `${pki}/controller-manager`,
  scheduler: `${pki}/scheduler`,
  admin: `${pki}/admin`,
} as const;

export const nodeFiles = {
  environment: `${kubernetes}/kubelet.env`,
  authorities: `${pki}/ca.crt`,
  bootstrap: `${kubernetes}/bootstrap-kubelet.conf`,
} as const;

export const agentFiles: readonly AgentFile[] = [
  {
    path: etcdFiles.environment,
    mode: "0600",
    owner: root,
    kind: "environment",
    holds:
      "ETCD_NAME, ETCD_INITIAL_CLUSTER, ETCD_INITIAL_CLUSTER_STATE, ETCD_INITIAL_CLUSTER_TOKEN, ETCD_LISTEN_CLIENT_URLS, " +
      "ETCD_LISTEN_PEER_URLS, ETCD_ADVERTISE_CLIENT_URLS and ETCD_INITIAL_ADVERTISE_PEER_URLS, and no other ETCD_ variable: " +
      "etcd refuses one that shadows a flag",
  },
  ...pair(etcdFiles.server, etcd, "server certificate of the member: the seat's address and 127.0.0.1"),
  ...pair(etcdFiles.peer, etcd, "peer certificate of the member, for both directions: the seat's address"),
  trust(etcdFiles.clientAuthorities, etcd, "CAs of etcd's clients and servers, the old one too while they change"),
  trust(etcdFiles.peerAuthorities, etcd, "CAs of etcd's peers, the old one too while they change"),
  { path: masterFiles.environment, mode: "0600", owner: root, kind: "environment", holds: "NODE_ADDRESS, the seat's address" },
  {
    path: masterFiles.encryption,
    mode: "0600",
    owner: root,
    kind: "config",
    holds: "EncryptionConfiguration with secretbox or kms for secrets, in YAML's block style: CIS 1.2.28 reads it as text",
  },
  ...pair(masterFiles.server, root, "server certificate of the API: 127.0.0.1, the seat, the load balancer, the service and its names"),
  ...pair(masterFiles.etcdClient, root, "client certificate of the API server for etcd"),
  trust(masterFiles.etcdAuthorities, root, "CAs of etcd's clients and servers, the old one too while they change"),
  ...pair(masterFiles.kubeletClient, root, "client certificate of the API server for kubelets"),
  ...pair(masterFiles.frontProxy, root, "client certificate of the API server for aggregated APIs, common name front-proxy-client"),
  trust(masterFiles.frontProxyAuthorities, root, "CAs of front-proxy-client"),
  {
    path: masterFiles.serviceAccountKeys,
    mode: "0644",
    owner: root,
    kind: "key",
    holds: "public keys that service account tokens are checked with, the old one too while they change",
  },
  {
    path: masterFiles.serviceAccountKey,
    mode: "0600",
    owner: root,
    kind: "key",
    holds: "private key that service account tokens are signed with",
  },
  ...pair(masterFiles.signing, root, "the one CA that signs certificates of kubelets"),
  ...pair(masterFiles.controllerManager, root, "client certificate of system:kube-controller-manager"),
  ...pair(masterFiles.scheduler, root, "client certificate of system:kube-scheduler"),
  ...pair(masterFiles.admin, root, "client certificate of the agent, for at most 24 hours; it keeps the base add-ons applied"),
  {
    path: nodeFiles.environment,
    mode: "0600",
    owner: root,
    kind: "environment",
    holds:
      "NODE_NAME, as the cloud calls the machine; NODE_ADDRESS; PROVIDER_ID as the cloud controller knows the machine, or nothing; NODE_LABELS (a=b,c=d) and NODE_TAINTS " +
      "(a=b:NoSchedule,…) of the machine's pool, or nothing",
  },
  trust(nodeFiles.authorities, root, "CAs of the cluster, the old one too while they change"),
  {
    path: nodeFiles.bootstrap,
    mode: "0600",
    owner: root,
    kind: "kubeconfig",
    holds: "kubeconfig of the API proxy with the token of the join object, renewed at every boot",
  },
];
