import type { NodePlatform } from "../../constructs/node/platform";
import { clusterShape, type ClusterInput, type ClusterSpec } from "../../constructs/spec/cluster-spec";
import type { OperatingSystem } from "../../constructs/spec/versions";

/** A complete spec: three zones, three seats a tier, two pools. */
export function clusterSpec(changes: Partial<ClusterInput> = {}): ClusterSpec {
  return clusterShape.parse({
    name: "orchard",
    placement: {
      cloud: "aws",
      account: "111122223333",
      region: "eu-central-1",
      zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
    },
    workers: {
      general: { min: 3, max: 30 },
      batch: {
        min: 0,
        max: 60,
        architecture: "arm64",
        labels: { "example.com/pool": "batch" },
        taints: [{ key: "example.com/batch", effect: "NoSchedule" }],
      },
    },
    ...changes,
  });
}

/** A certificate of the size that companies' CAs have (RSA 2048, some names): 1.3 KiB. */
export const certificate = `-----BEGIN CERTIFICATE-----\n${"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2\n".repeat(20)}-----END CERTIFICATE-----\n`;

/** A company network: everything goes through a proxy that breaks TLS open, and names and time are its own. */
export function companyNetwork(certificates = 3): Partial<ClusterInput> {
  return {
    network: {
      proxy: { http: "http://proxy.corp.example.com:3128", bypass: [".corp.example.com", "10.0.0.0/8", "192.168.0.0/16"] },
      dns: ["10.1.0.53", "10.2.0.53"],
      ntp: ["ntp1.corp.example.com", "ntp2.corp.example.com"],
    },
    mirror: "https://artifacts.corp.example.com/repository/upstream",
    trust: Array.from({ length: certificates }, () => certificate),
  };
}

/** Digest of no agent. */
export const agentDigest = "a".repeat(64);

export function nodePlatform(os: OperatingSystem = "flatcar"): NodePlatform {
  return {
    platform: "aws",
    os,
    store: {
      kind: "s3",
      bucket: "coppice-orchard-111122223333-eu-central-1",
      region: "eu-central-1",
      endpoint: "https://s3.eu-central-1.amazonaws.com",
      secretsKey: "alias/coppice-orchard-secrets",
    },
    bypass: ["169.254.169.254", "169.254.169.123", ".eu-central-1.amazonaws.com"],
    timeServers: ["169.254.169.123"],
    api: { addresses: ["10.0.224.15"], names: ["*.elb.eu-central-1.amazonaws.com"] },
    cloudProvider: "external",
    giveUp: "poweroff",
  };
}

/** A machine on Google Cloud, as `constructs/platform/google/node.ts` says it. */
export const googleNode: NodePlatform = {
  ...nodePlatform("ubuntu"),
  platform: "google",
  store: {
    kind: "gcs",
    bucket: "coppice-orchard-example-platform",
    region: "europe-west4",
    endpoint: "https://storage.googleapis.com",
    secretsKey: "projects/example-platform/locations/europe-west4/keyRings/coppice-orchard/cryptoKeys/secrets",
  },
};

/** A machine on vSphere, as `constructs/platform/vsphere/node.ts` says it. */
export const vsphereNode: NodePlatform = {
  ...nodePlatform("flatcar"),
  platform: "vsphere",
  store: { kind: "s3", bucket: "coppice-orchard", region: "us-east-1", endpoint: "https://s3.example.com" },
  giveUp: "reboot",
  ownNetwork: { apiAddress: "10.0.224.5", cloud: ["10.60.0.10/32", "10.60.0.20/32"] },
};

/** One machine of each role. */
export const machines = [
  { role: "etcd", name: "etcd-0" },
  { role: "master", name: "master-0" },
  { role: "worker", name: "general" },
] as const;
