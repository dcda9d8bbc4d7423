import type { KubernetesVersion } from "./versions";
import { defaultKubernetes } from "./versions";

/** What an environment gets where it says nothing. Each default stands here once. */
export const defaults = {
  kubernetes: defaultKubernetes as KubernetesVersion,
  architecture: "amd64",
  network: {
    nodes: "10.0.0.0/16",
    pods: "10.64.0.0/14",
    services: "10.96.0.0/16",
    domain: "cluster.local",
  },
  etcd: {
    seats: 3,
    size: { cpus: 2, memoryGiB: 8 },
    volumeGiB: 50,
    /** etcd's own recommended maximum: https://etcd.io/docs/v3.6/dev-guide/limit/ */
    quotaGiB: 8,
  },
  masters: { seats: 3, size: { cpus: 4, memoryGiB: 16 } },
  workers: { size: { cpus: 4, memoryGiB: 16 }, diskGiB: 100 },
  rootDiskGiB: 40,
  /** Every node gets a block of this length for its pods: 254 addresses for the kubelet's limit of 110 pods. */
  nodePodsPrefix: 24,
  repair: { workersAtOncePercent: 10, timerFactor: 1 },
  backup: { everyMinutes: 5, keepHours: 24, keepDays: 30 },
  cni: "cilium",
  oidc: { usernameClaim: "email", groupsClaim: "groups", prefix: "oidc:" },
  aws: {
    nat: "per-zone",
    /** One year: what PCI DSS 10.5.1 and checkov's CKV_AWS_338 ask for. */
    flowLogDays: 365,
    endpoints: true,
  },
  google: { flowLogs: true },
  vsphere: { storeRegion: "us-east-1", vtpm: false },
} as const;
