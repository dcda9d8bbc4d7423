import { at } from "../../../constructs/spec/rules/rule";
import { set, type Row } from "./row";

export const machines: readonly Row[] = [
  {
    changes: [set(at("etcd"), { seats: 3 }), set(at("placement", "zones"), ["eu-central-1a", "eu-central-1b"])],
    says: [
      "cluster.etcd.seats",
      "puts fewer than 2 of 3 seats into one zone: etcd must outlive the zone",
      "name 3 zones in placement.zones, or use 1",
    ],
  },
  {
    changes: [set(at("etcd"), { seats: 5 }), set(at("placement", "zones"), ["eu-central-1a", "eu-central-1b"])],
    says: [
      "cluster.etcd.seats",
      "puts fewer than 3 of 5 seats into one zone: etcd must outlive the zone",
      "name 3 zones in placement.zones, or use 1",
    ],
  },
  {
    changes: [set(at("etcd"), { seats: 1 }), set(at("placement", "zones"), ["eu-central-1a"])],
    says: [
      "cluster.masters.seats",
      "is 1 in a single zone: more of them would be lost with it",
      "name more zones in placement.zones, or use 1",
    ],
  },
  {
    changes: [set(at("etcd", "volumeGiB"), 41)],
    says: ["cluster.etcd.volumeGiB", "is at least 42: 4 times etcd.quotaGiB and 10", "use 42"],
  },
  {
    changes: [set(at("etcd"), { volumeGiB: 17, quotaGiB: 2 })],
    says: ["cluster.etcd.volumeGiB", "is at least 18: 4 times etcd.quotaGiB and 10", "use 18"],
  },
  { changes: [set(at("workers"), {})], says: ["cluster.workers", "names at least one pool: add-ons run on workers", "name a pool"] },
  { changes: [set(at("workers", "general"), { min: 5, max: 3 })], says: ["cluster.workers.general.max", "is at least min, 5", "use 5"] },
  {
    changes: [set(at("workers", "general", "spotPercent"), 100)],
    says: [
      "cluster.workers.general.spotPercent",
      "is less than 100 without alternatives: when the only type runs out, the pool is gone",
      "name alternatives, or use 80",
    ],
  },
  {
    changes: [
      set(at("workers"), Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((pool) => [pool, { min: 0, max: 1000 }]))),
      set(at("network", "pods"), "10.64.0.0/11"),
    ],
    says: [
      "cluster.workers",
      "allows at most 4997 machines in all: a cluster has no more than 5000 nodes",
      "lower max of the pools to 4997 in all",
    ],
  },
  {
    changes: [
      set(at("network"), { nodes: "10.0.0.0/20", pods: "172.16.0.0/12" }),
      set(at("workers"), { one: { min: 0, max: 1000 }, two: { min: 0, max: 1000 } }),
    ],
    says: [
      "cluster.workers",
      "allows at most 1521 machines in all: the subnets of workers have no more addresses",
      "lower max of the pools to 1521 in all",
    ],
  },
  {
    changes: [set(at("workers", "general", "labels"), { "node-role.kubernetes.io/batch": "true" })],
    says: [
      'cluster.workers.general.labels["node-role.kubernetes.io/batch"]',
      "stays outside kubernetes.io and k8s.io: a kubelet may not set it on its own node",
      "call it batch",
    ],
  },
  {
    changes: [set(at("workers", "general", "labels"), { "topology.k8s.io/rack": "7", rack: "7" })],
    says: [
      'cluster.workers.general.labels["topology.k8s.io/rack"]',
      "stays outside kubernetes.io and k8s.io: a kubelet may not set it on its own node",
      "leave it out",
    ],
  },
  {
    changes: [set(at("workers", "general", "taints"), [{ key: "node.kubernetes.io/not-ready", effect: "NoExecute" }])],
    says: [
      "cluster.workers.general.taints[0].key",
      "stays outside node.kubernetes.io: controllers set and remove those taints",
      'use "not-ready"',
    ],
  },
  {
    changes: [
      set(at("workers", "general", "taints"), [
        { key: "batch", effect: "NoSchedule" },
        { key: "batch", value: "yes", effect: "NoSchedule" },
      ]),
    ],
    says: ["cluster.workers.general.taints[1]", "differs from the others in key or effect", "leave it out"],
  },
  {
    changes: [set(at("workers", "general", "alternatives"), ["m7i.2xlarge", "m7i.2xlarge"])],
    says: ["cluster.workers.general.alternatives[1]", "is named once", "leave it out"],
  },
  {
    changes: [set(at("repair", "windows"), [{ days: ["sat", "sun", "sat"], from: "02:00", hours: 4 }])],
    says: ["cluster.repair.windows[0].days[2]", "is named once", "leave it out"],
  },
  {
    changes: [set(at("repair", "timerFactor"), 0.1)],
    says: ["cluster.repair.timerFactor", "is 1 where data is protected: timers shorter than designed are for labs", "use 1"],
  },
  { changes: [set(at("etcd", "size"), "m7i.medium")], says: ["cluster.etcd.size", "is a machine type of AWS", "did you mean m7g.medium?"] },
  { changes: [set(at("masters", "size"), "big")], says: ["cluster.masters.size", "is a machine type of AWS", "leave it out"] },
  {
    changes: [set(at("workers", "general", "alternatives"), ["m7i.lagre"])],
    says: ["cluster.workers.general.alternatives[0]", "is a machine type of AWS", "did you mean m7i.large?"],
  },
  {
    changes: [set(at("etcd", "size"), "r7g.large")],
    says: ["cluster.etcd.size", "is a machine type for amd64, the architecture here", 'use architecture "arm64"'],
  },
  {
    changes: [set(at("workers", "general"), { min: 3, max: 9, architecture: "arm64", alternatives: ["m7i.2xlarge"] })],
    says: ["cluster.workers.general.alternatives[0]", "is a machine type for arm64, the architecture here", "leave it out"],
  },
  {
    changes: [set(at("masters"), { size: { cpus: 96, memoryGiB: 128 }, architecture: "arm64" })],
    says: ["cluster.masters.size", "fits a machine type for arm64", 'use {"cpus":64,"memoryGiB":128}'],
  },
  {
    changes: [set(at("workers", "general", "alternatives"), ["m7i.xlarge"])],
    says: ["cluster.workers.general.alternatives[0]", "is another machine type than that of the pool", "leave it out"],
  },
  {
    changes: [set(at("workers", "general"), { min: 3, max: 9, size: "c7i.large", alternatives: ["c7i.large"] })],
    says: ["cluster.workers.general.alternatives[0]", "is another machine type than that of the pool", "leave it out"],
  },
  {
    changes: [set(at("placement", "image"), { os: "ubuntu", names: { arm64: "ubuntu-noble-arm64" }, owner: "099720109477" })],
    says: [
      "cluster.placement.image.names",
      "names an image for every architecture in use: amd64",
      "name one for amd64, or leave placement.image out",
    ],
  },
];
