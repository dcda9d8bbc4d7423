import type { Environment } from "../../constructs/spec/environment";

/** What a person must say, and nothing else. */
export const minimal: Environment = {
  cluster: {
    name: "orchard",
    placement: {
      cloud: "aws",
      account: "111122223333",
      region: "eu-central-1",
      zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
    },
    workers: { general: { min: 3, max: 9 } },
  },
  backend: { type: "s3", bucket: "example-terraform-state", region: "eu-central-1" },
  protect: true,
};

const certificate = `-----BEGIN CERTIFICATE-----\n${"TUlJQg==\n".repeat(8)}-----END CERTIFICATE-----\n`;

/** A company that keeps its own network, keys and registries: every field says something. */
export const full: Environment = {
  cluster: {
    name: "orchard-production",
    placement: {
      cloud: "aws",
      account: "111122223333",
      region: "eu-central-1",
      zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
      image: {
        os: "debian",
        names: { amd64: "debian-13-amd64-20260914-2601", arm64: "debian-13-arm64-20260914-2601" },
        owner: "136693071363",
      },
      network: {
        vpc: "vpc-0123456789abcdef0",
        subnets: {
          "eu-central-1a": subnets("10.20.0.0/27", "10.20.16.0/20", "a"),
          "eu-central-1b": subnets("10.20.0.32/27", "10.20.32.0/20", "b"),
          "eu-central-1c": subnets("10.20.0.64/27", "10.20.48.0/20", "c"),
        },
        endpoints: "sg-0123456789abcdef0",
      },
      boundary: "arn:aws:iam::111122223333:policy/boundary",
      profiles: { etcd: "orchard-etcd", masters: "orchard-masters", workers: "orchard-workers" },
      keys: {
        store: "arn:aws:kms:eu-central-1:111122223333:key/1",
        secrets: "arn:aws:kms:eu-central-1:111122223333:key/2",
        volumes: "arn:aws:kms:eu-central-1:111122223333:key/3",
      },
      dnsZone: { id: "Z0123456789ABCDEFGHIJ", name: "k8s.example.com" },
      alarms: { topic: "arn:aws:sns:eu-central-1:111122223333:on-call" },
    },
    kubernetes: "1.36.3",
    network: {
      nodes: "10.0.0.0/16",
      pods: "10.64.0.0/14",
      services: "10.96.0.0/16",
      domain: "cluster.local",
      proxy: { http: "http://10.30.0.10:3128", https: "http://10.30.0.11:3128", bypass: [".example.com"] },
      dns: ["10.30.0.53", "10.31.0.53"],
      ntp: ["10.30.0.123", "ntp.example.com"],
    },
    etcd: { seats: 5, size: "r7g.large", architecture: "arm64", volumeGiB: 64, quotaGiB: 8 },
    masters: { seats: 3, size: { cpus: 8, memoryGiB: 32 }, architecture: "amd64" },
    workers: {
      general: { min: 3, max: 60, size: "m7i.xlarge", alternatives: ["m6i.xlarge"], labels: { "example.com/pool": "general" } },
      batch: {
        min: 0,
        max: 40,
        size: { cpus: 8, memoryGiB: 16 },
        alternatives: ["c7g.4xlarge", "m7g.2xlarge"],
        architecture: "arm64",
        diskGiB: 200,
        spotPercent: 100,
        taints: [{ key: "example.com/batch", effect: "NoSchedule" }],
      },
    },
    repair: {
      workersAtOncePercent: 20,
      windows: [{ days: ["sat", "sun"], from: "02:00", hours: 4 }],
      pausedUntil: "2026-12-01T06:00:00Z",
      timerFactor: 1,
    },
    access: {
      api: "public",
      from: ["203.0.113.0/24", "198.51.100.16/28"],
      oidc: { issuer: "https://login.example.com/tenant", clientId: "kubernetes" },
    },
    addons: { cni: "calico" },
    segmentation: {
      machines: [
        { from: "workers", to: "10.40.0.25/32", ports: ["tcp/25", "tcp/587"], why: "pods reach the mail relay" },
        { from: "10.50.0.0/24", to: "workers", ports: ["tcp/30000-32767"], why: "load balancers of the company" },
      ],
    },
    mirror: "https://mirror.example.com/upstream",
    builds: { "https://dl.k8s.io/release/v1.36.3/bin/linux/amd64/kubelet": "0".repeat(64) },
    trust: [certificate],
    tags: { owner: "platform", "cost-centre": "4711" },
    backup: { everyMinutes: 10, keepHours: 48, keepDays: 90 },
  },
  backend: {
    type: "s3",
    bucket: "example-terraform-state",
    region: "eu-west-1",
    kmsKey: "arn:aws:kms:eu-west-1:111122223333:key/4",
  },
  protect: true,
};

/** Subnets of one zone, by the last letter of their ids. */
function subnets(seats: string, workers: string, letter: string) {
  return {
    seats: { id: `subnet-0000000${letter}`, cidr: seats },
    workers: { id: `subnet-1000000${letter}`, cidr: workers },
    public: `subnet-2000000${letter}`,
  };
}
