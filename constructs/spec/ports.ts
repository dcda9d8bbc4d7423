/**
 * Every port of a cluster, each with its reason. Numbers stand here and nowhere else.
 * Sources: https://kubernetes.io/docs/reference/networking/ports-and-protocols/ and, for the CNIs, their own port tables.
 */
export const port = {
  /** Clients of etcd: API servers, and the agents of the other seats when they add or remove a member. */
  etcdClient: 2379,
  /** Raft between the members. */
  etcdPeer: 2380,
  /** etcd's metrics and health without client certificates; bound to 127.0.0.1, so in no flow. */
  etcdMetrics: 2381,
  /** The agent: `/livez` ("would replacing this machine help?"), `/readyz`, `/metrics`. On every role. */
  agentHealth: 2378,
  /** The API server, on masters and on the load balancer in front of them. */
  api: 6443,
  /** The API proxy of every machine; bound to 127.0.0.1, so in no flow. */
  apiProxy: 7445,
  /** The kubelet: logs, exec, metrics. */
  kubelet: 10250,
  /** The controller manager's and the scheduler's own health, with TLS; bound to 127.0.0.1, so in no flow. */
  controllerManager: 10257,
  scheduler: 10259,
  /** kube-proxy's metrics; bound to 127.0.0.1, so in no flow. */
  kubeProxyMetrics: 10249,
  /** kube-proxy's health, for the health checks of service load balancers. */
  kubeProxyHealth: 10256,
  /** VXLAN as Cilium speaks it. */
  ciliumVxlan: 8472,
  /** Cilium's own health check between nodes. */
  ciliumHealth: 4240,
  /** VXLAN as RFC 7348 numbers it: Calico. */
  vxlan: 4789,
  /** Calico's Typha, which fans the API out to the nodes. */
  typha: 5473,
  /** Geneve: Antrea. */
  geneve: 6081,
  /** Antrea's agents and controller talk to each other. */
  antreaAgent: 10351,
  https: 443,
  dns: 53,
  ntp: 123,
  dhcp: 67,
} as const;
