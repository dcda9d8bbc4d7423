import type { Environment } from "../constructs/spec/environment";
import { base } from "./base";

/** As prod-aws, in a datacenter of one's own: three racks of one room, and hosts with Arm processors for the pool that wants them. */
export const environment: Environment = {
  cluster: {
    ...base,
    name: "prod",
    placement: {
      cloud: "vsphere",
      server: "vcenter.example.com",
      datacenter: "dc-1",
      zones: ["rack-a", "rack-b", "rack-c"],
      sites: {
        "rack-a": { clusters: { amd64: "compute-a", arm64: "arm" }, datastore: "ssd-a" },
        "rack-b": { clusters: { amd64: "compute-b", arm64: "arm" }, datastore: "ssd-b" },
        "rack-c": { clusters: { amd64: "compute-c", arm64: "arm" }, datastore: "ssd-c" },
      },
      network: {
        portGroup: "kubernetes",
        cidr: "10.40.0.0/22",
        gateway: "10.40.0.1",
        seats: "10.40.0.0/24",
        workers: "10.40.2.0/23",
        dns: ["10.1.0.53", "10.2.0.53"],
        ntp: ["ntp.example.com"],
      },
      apiName: "api.prod.example.com",
      image: { os: "flatcar", names: { amd64: "templates/flatcar-4593.2.5", arm64: "templates/flatcar-4593.2.5-arm64" } },
      store: {
        endpoint: "https://s3.example.com",
        bucket: "coppice-prod",
        accessKeys: { etcd: "coppice-prod-etcd", masters: "coppice-prod-masters", workers: "coppice-prod-workers" },
      },
    },
    workers: {
      general: { min: 3, max: 30 },
      batch: {
        min: 0,
        max: 60,
        size: { cpus: 8, memoryGiB: 32 },
        spotPercent: 100,
        labels: { "example.com/pool": "batch" },
        taints: [{ key: "example.com/batch", effect: "NoSchedule" }],
      },
      graviton: { min: 1, max: 15, architecture: "arm64" },
    },
  },
  backend: { type: "s3", bucket: "example-terraform-state-prod", region: "us-east-1", endpoint: "https://s3.example.com" },
  protect: true,
};
