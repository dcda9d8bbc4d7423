import { at } from "../../../constructs/spec/rules/rule";
import { remove, rename, set, type Row } from "./row";

export const fields: readonly Row[] = [
  { changes: [set([], null)], says: ["(all)", "is an object", 'for example {"cluster":{"name":"orchard","placement":{"clou…'] },
  { changes: [remove(["cluster"])], says: ["cluster", "is required", 'for example {"name":"orchard","placement":{"cloud":"aws","a…'] },
  { changes: [remove(["protect"])], says: ["protect", "is required", "for example true"] },
  { changes: [set(["protect"], "true")], says: ["protect", "is true or false", "use true"] },
  { changes: [set(["protect"], "perhaps")], says: ["protect", "is true or false", "for example true"] },
  { changes: [set(["protcet"], true)], says: ["protcet", "is no field of an environment", "leave it out"] },
  { changes: [set(["backend", "type"], "s4")], says: ["backend.type", "is one of s3, gcs, local", 'use "s3"'] },
  { changes: [remove(["backend", "bucket"])], says: ["backend.bucket", "is required", 'for example "example-terraform-state"'] },
  {
    changes: [set(["backend", "bucket"], "State Of Terraform")],
    says: ["backend.bucket", "is a bucket name of 3 to 63 lower-case letters, digits and dashes", 'use "state-of-terraform"'],
  },
  { changes: [set(["backend", "region"], "frankfurt")], says: ["backend.region", "is a region", 'for example "eu-central-1"'] },
  { changes: [set(["backend", "kmsKey"], "alias/state")], says: ["backend.kmsKey", "is the ARN of a KMS key", "leave it out"] },
  {
    changes: [set(["backend"], { type: "local", folder: "state of things" })],
    says: ["backend.folder", "is a folder", 'use "state-of-things"'],
  },
  { changes: [set(["backend"], "s3")], says: ["backend", "is an object", 'for example {"type":"s3","bucket":"example-terraform-state"…'] },
  { changes: [remove(at("name"))], says: ["cluster.name", "is required", 'for example "orchard"'] },
  {
    changes: [set(at("name"), "Orchard_Production")],
    says: ["cluster.name", "is a DNS label of at most 20 characters that starts with a letter", 'use "orchard-production"'],
  },
  {
    changes: [set(at("name"), "a-name-that-is-far-too-long-for-a-cluster")],
    says: ["cluster.name", "is a DNS label of at most 20 characters that starts with a letter", 'use "a-name-that-is-far-t"'],
  },
  {
    changes: [set(at("name"), "orchard-")],
    says: ["cluster.name", "is a DNS label of at most 20 characters that starts with a letter", 'use "orchard"'],
  },
  {
    changes: [set(at("name"), 7)],
    says: ["cluster.name", "is a DNS label of at most 20 characters that starts with a letter", 'for example "orchard"'],
  },
  {
    changes: [set(at("kubernetes"), "1.34.2")],
    says: ["cluster.kubernetes", "is one of 1.35.4, 1.35.5, 1.35.6, 1.35.7, 1.36.1, 1.36.2, 1.36.3", 'use "1.35.7"'],
  },
  {
    changes: [set(at("kubernetes"), "v1.36.9")],
    says: ["cluster.kubernetes", "is one of 1.35.4, 1.35.5, 1.35.6, 1.35.7, 1.36.1, 1.36.2, 1.36.3", 'use "1.36.3"'],
  },
  { changes: [set(at("clouds"), {})], says: ["cluster.clouds", "is no field of cluster", "leave it out"] },
  { changes: [rename(at("workers"), "wrkers")], says: ["cluster.wrkers", "is no field of cluster", "did you mean workers?"] },
  { changes: [rename(at("placement"), "plcement")], says: ["cluster.plcement", "is no field of cluster", "did you mean placement?"] },
  { changes: [remove(at("workers"))], says: ["cluster.workers", "is required", 'for example {"general":{"min":2,"max":6}}'] },
  { changes: [set(at("network"), "10.0.0.0/16")], says: ["cluster.network", "is an object", "leave it out"] },
  {
    changes: [set(at("network", "pod"), "10.80.0.0/14")],
    says: ["cluster.network.pod", "is no field of cluster.network", "did you mean pods?"],
  },
  { changes: [set(at("network", "pods"), "10.64.0.1/14")], says: ["cluster.network.pods", "has no host bits set", 'use "10.64.0.0/14"'] },
  { changes: [set(at("network", "pods"), "10.64.0.0")], says: ["cluster.network.pods", "has a mask", 'use "10.64.0.0/32"'] },
  { changes: [set(at("network", "nodes"), "10.0.0.0/33")], says: ["cluster.network.nodes", "has a mask of at most 32", "leave it out"] },
  {
    changes: [set(at("network", "services"), "services")],
    says: ["cluster.network.services", "is an IPv4 block such as 10.0.0.0/16", "leave it out"],
  },
  {
    changes: [set(at("network", "services"), 10)],
    says: ["cluster.network.services", "is an IPv4 block such as 10.0.0.0/16", "leave it out"],
  },
  { changes: [set(at("network", "domain"), "cluster")], says: ["cluster.network.domain", "is a domain name", "leave it out"] },
  { changes: [set(at("network", "dns"), "10.30.0.53")], says: ["cluster.network.dns", "is a list", 'use ["10.30.0.53"]'] },
  {
    changes: [set(at("network", "dns"), ["10.30.0.53", "10.30.0.256"])],
    says: ["cluster.network.dns[1]", "is an IPv4 address", "leave it out"],
  },
  {
    changes: [set(at("network", "dns"), ["10.30.0.1", "10.30.0.2", "10.30.0.3", "10.30.0.4"])],
    says: ["cluster.network.dns", "names at most 3 servers: resolvers read no more", 'use ["10.30.0.1","10.30.0.2","10.30.0.3"]'],
  },
  {
    changes: [set(at("network", "ntp"), ["time server"])],
    says: ["cluster.network.ntp[0]", "is a host name or an address", 'use "time-server"'],
  },
  {
    changes: [set(at("network", "proxy"), { http: "http://proxy.example.com:3128/" })],
    says: ["cluster.network.proxy.http", "is http(s)://host, with an optional port", 'use "http://proxy.example.com:3128"'],
  },
  {
    changes: [set(at("network", "proxy"), { https: "http://proxy.example.com:3128" })],
    says: ["cluster.network.proxy.http", "is required", 'for example "http://proxy.example.com:3128"'],
  },
  {
    changes: [set(at("network", "proxy"), { http: "http://10.30.0.08:3128" })],
    says: ["cluster.network.proxy.http", "is http(s)://host, with an optional port", 'for example "http://proxy.example.com:3128"'],
  },
  { changes: [set(at("network", "ntp"), ["10.1"])], says: ["cluster.network.ntp[0]", "is a host name or an address", "leave it out"] },
  {
    changes: [set(at("mirror"), "https://mirror.example.com:70000")],
    says: ["cluster.mirror", "is an https:// address without a trailing slash", "leave it out"],
  },
  {
    changes: [set(at("etcd", "seats"), 4)],
    says: ["cluster.etcd.seats", "is 1, 3 or 5: an even number survives no more losses than one less", "use 5"],
  },
  {
    changes: [set(at("etcd", "seats"), "3")],
    says: ["cluster.etcd.seats", "is 1, 3 or 5: an even number survives no more losses than one less", "use 3"],
  },
  { changes: [set(at("etcd", "size"), { cpus: 2 })], says: ["cluster.etcd.size.memoryGiB", "is required", "for example 1"] },
  { changes: [set(at("etcd", "size"), "M7I.large")], says: ["cluster.etcd.size", "is a machine type", 'use "m7i.large"'] },
  { changes: [set(at("etcd", "size"), 4)], says: ["cluster.etcd.size", "is { cpus, memoryGiB } or a machine type", "leave it out"] },
  { changes: [set(at("etcd", "volumeGiB"), 2000)], says: ["cluster.etcd.volumeGiB", "is at most 1024 GiB", "use 1024"] },
  { changes: [set(at("etcd", "quotaGiB"), 1)], says: ["cluster.etcd.quotaGiB", "is at least 2 GiB", "use 2"] },
  {
    changes: [set(at("masters", "size"), { cpus: 2.5, memoryGiB: 8 })],
    says: ["cluster.masters.size.cpus", "is a whole number of vCPUs", "use 2"],
  },
  {
    changes: [set(at("masters", "architecture"), "arm46")],
    says: ["cluster.masters.architecture", "is one of amd64, arm64", 'use "arm64"'],
  },
  {
    changes: [rename(at("workers", "general"), "General_Purpose")],
    says: ["cluster.workers.General_Purpose", "is a DNS label of at most 12 characters", "call it general-purp"],
  },
  { changes: [set(at("workers", "general", "max"), 0)], says: ["cluster.workers.general.max", "is at least 1 machines", "use 1"] },
  { changes: [set(at("workers", "general", "min"), -1)], says: ["cluster.workers.general.min", "is at least 0 machines", "use 0"] },
  { changes: [remove(at("workers", "general", "min"))], says: ["cluster.workers.general.min", "is required", "for example 0"] },
  {
    changes: [set(at("workers", "general", "spotPercent"), 120)],
    says: ["cluster.workers.general.spotPercent", "is at most 100 percent", "use 100"],
  },
  {
    changes: [set(at("workers", "general", "diskGiB"), "100 GiB")],
    says: ["cluster.workers.general.diskGiB", "is a whole number of GiB", "leave it out"],
  },
  {
    changes: [set(at("workers", "general", "alternatives"), "m7i.2xlarge")],
    says: ["cluster.workers.general.alternatives", "is a list", 'use ["m7i.2xlarge"]'],
  },
  {
    changes: [set(at("workers", "general", "labels"), { "my pool": "general" })],
    says: [
      'cluster.workers.general.labels["my pool"]',
      "is a label key: an optional DNS prefix with a slash, then up to 63 letters, digits, dashes, underscores and dots",
      "call it my-pool",
    ],
  },
  {
    changes: [set(at("workers", "general", "labels"), { pool: "general purpose" })],
    says: ["cluster.workers.general.labels.pool", "is a label value of at most 63 characters", 'use "general-purpose"'],
  },
  {
    changes: [set(at("workers", "general", "taints"), [{ key: "batch", effect: "NoScheduling" }])],
    says: ["cluster.workers.general.taints[0].effect", "is one of NoSchedule, PreferNoSchedule, NoExecute", 'use "NoSchedule"'],
  },
  {
    changes: [set(at("repair", "workersAtOncePercent"), 80)],
    says: ["cluster.repair.workersAtOncePercent", "is at most 50 percent", "use 50"],
  },
  {
    changes: [set(at("repair", "windows"), [{ days: [], from: "02:00", hours: 4 }])],
    says: ["cluster.repair.windows[0].days", "names at least one day", 'for example ["sat"]'],
  },
  {
    changes: [set(at("repair", "windows"), [{ days: ["sat"], from: "2 am", hours: 4 }])],
    says: ["cluster.repair.windows[0].from", "is a time of day, UTC", 'for example "02:00"'],
  },
  {
    changes: [set(at("repair", "pausedUntil"), "tomorrow")],
    says: ["cluster.repair.pausedUntil", "is an instant such as 2026-12-01T06:00:00Z", "leave it out"],
  },
  {
    changes: [set(at("repair", "timerFactor"), 0)],
    says: ["cluster.repair.timerFactor", "is a number above 0, and at most 1", "leave it out"],
  },
  {
    changes: [set(["protect"], false), set(at("repair", "timerFactor"), 30)],
    says: ["cluster.repair.timerFactor", "is a number above 0, and at most 1", "use 1"],
  },
  {
    changes: [set(at("builds"), { "https://dl.k8s.io/x": "sha256:00" })],
    says: [
      'cluster.builds["https://dl.k8s.io/x"]',
      "is a SHA-256 digest of 64 lower-case hexadecimal digits",
      `for example "${"0".repeat(46)}…`,
    ],
  },
  { changes: [set(at("access", "api"), "publick")], says: ["cluster.access.api", "is one of internal, public", 'use "public"'] },
  {
    changes: [set(at("access", "oidc"), { issuer: "http://login.example.com", clientId: "kubernetes" })],
    says: ["cluster.access.oidc.issuer", "is an https:// address", 'for example "https://login.example.com"'],
  },
  { changes: [set(at("addons", "cni"), "calcio")], says: ["cluster.addons.cni", "is one of cilium, calico, antrea, none", 'use "calico"'] },
  {
    changes: [set(at("segmentation", "machines"), [{ from: "worker", to: "10.40.0.25/32", ports: ["tcp/25"], why: "mail relay" }])],
    says: ["cluster.segmentation.machines[0].from", "is a tier (etcd, masters, workers) or an IPv4 block", 'use "workers"'],
  },
  {
    changes: [set(at("segmentation", "machines"), [{ from: "workers", to: "10.40.0.25", ports: ["tcp/25"], why: "mail relay" }])],
    says: ["cluster.segmentation.machines[0].to", "is a tier (etcd, masters, workers) or an IPv4 block", 'use "10.40.0.25/32"'],
  },
  {
    changes: [set(at("segmentation", "machines"), [{ from: "workers", to: "10.40.0.25/32", ports: ["25"], why: "mail relay" }])],
    says: ["cluster.segmentation.machines[0].ports[0]", "is a protocol and a port or a range: tcp/443, udp/30000-32767", "leave it out"],
  },
  {
    changes: [set(at("segmentation", "machines"), [{ from: "workers", to: "10.40.0.25/32", ports: [], why: "mail relay" }])],
    says: ["cluster.segmentation.machines[0].ports", "names at least one port", 'for example ["tcp/443"]'],
  },
  {
    changes: [set(at("segmentation", "machines"), [{ from: "workers", to: "10.40.0.25/32", ports: ["tcp/25"], why: "the pods' mail" }])],
    says: [
      "cluster.segmentation.machines[0].why",
      "is a reason of 3 to 200 plain characters, as firewall descriptions take them",
      'use "the pods mail"',
    ],
  },
  {
    changes: [set(at("mirror"), "https://mirror.example.com/")],
    says: ["cluster.mirror", "is an https:// address without a trailing slash", 'use "https://mirror.example.com"'],
  },
  { changes: [set(at("trust"), ["MIIB"])], says: ["cluster.trust[0]", "is a PEM certificate", "leave it out"] },
  { changes: [set(at("tags"), { "7up": "yes" })], says: ['cluster.tags["7up"]', "is a tag key of at most 63 characters", "call it up"] },
  {
    changes: [set(at("tags"), { owner: "R&D" })],
    says: ["cluster.tags.owner", "is a tag value of at most 63 plain characters", 'use "RD"'],
  },
  { changes: [set(at("backup", "everyMinutes"), 90)], says: ["cluster.backup.everyMinutes", "is at most 60 minutes", "use 60"] },
];
