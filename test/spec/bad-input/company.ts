import { at } from "../../../constructs/spec/rules/rule";
import { set, type Row } from "./row";

const mail = { from: "workers", to: "10.40.0.25/32", ports: ["tcp/25"], why: "pods reach the mail relay" };

const certificate = (bytes: number): string => `-----BEGIN CERTIFICATE-----\n${"A".repeat(bytes)}\n-----END CERTIFICATE-----\n`;

export const company: readonly Row[] = [
  {
    changes: [set(at("access", "api"), "public")],
    says: [
      "cluster.access.api",
      "is internal where access.from names nobody: a public API answers known networks only",
      'name blocks in access.from, or use "internal"',
    ],
  },
  {
    changes: [set(at("access", "from"), ["0.0.0.0/0"])],
    says: ["cluster.access.from[0]", "is a /8 or smaller: the API answers known networks only", "name the networks of its clients"],
  },
  {
    changes: [set(at("access", "from"), ["203.0.113.0/24", "0.0.0.0/1"])],
    says: ["cluster.access.from[1]", "is a /8 or smaller: the API answers known networks only", "name the networks of its clients"],
  },
  {
    changes: [set(at("access", "from"), ["10.0.0.0/16"])],
    says: ["cluster.access.from[0]", "is a block outside the cluster: its own may open connections anyway", "leave it out"],
  },
  {
    changes: [set(at("access", "from"), ["203.0.113.0/24", "203.0.113.0/24"])],
    says: ["cluster.access.from[1]", "is named once", "leave it out"],
  },
  {
    changes: [set(at("access", "oidc"), { issuer: "https://dex.login.svc.cluster.local", clientId: "kubernetes" })],
    says: ["cluster.access.oidc.issuer", "stands outside the cluster: machines need it before the first pod runs", "leave it out"],
  },
  {
    changes: [set(at("mirror"), "https://harbor.registry.svc.cluster.local")],
    says: ["cluster.mirror", "stands outside the cluster: machines need it before the first pod runs", "leave it out"],
  },
  {
    changes: [set(at("mirror"), "https://10.96.0.30")],
    says: ["cluster.mirror", "stands outside the cluster: machines need it before the first pod runs", "leave it out"],
  },
  {
    changes: [
      set(at("mirror"), "https://mirror.example.com"),
      set(at("builds"), { "https://dl.k8s.io/release/v1.35.4/bin/linux/amd64/kublet": "0".repeat(64) }),
    ],
    says: [
      'cluster.builds["https://dl.k8s.io/release/v1.35.4/bin/linux/amd64/kublet"]',
      "stands for a file of upstream that machines download",
      "leave it out",
    ],
  },
  {
    changes: [set(at("builds"), { "https://dl.k8s.io/release/v1.35.4/bin/linux/amd64/kubelet": "0".repeat(64) })],
    says: ["cluster.builds", "comes with a mirror: upstream has no such files", "name the mirror, or leave it out"],
  },
  {
    changes: [set(at("trust"), [certificate(3000), certificate(3500)])],
    says: ["cluster.trust", "fits into user-data, 12288 bytes, beside what else travels there", "keep the first 1"],
  },
  {
    changes: [set(at("trust"), [certificate(9000)])],
    says: ["cluster.trust", "fits into user-data, 12288 bytes, beside what else travels there", "leave it out"],
  },
  {
    changes: [
      set(at("trust"), [certificate(1340), certificate(1341), certificate(1342)]),
      set(at("network", "proxy"), {
        http: "http://10.30.0.10:3128",
        bypass: ["a", "b"].map((letter) => `.${letter.repeat(200)}.example.com`),
      }),
    ],
    says: ["cluster.network.proxy.bypass", "fits into user-data, 12288 bytes, beside what else travels there", "keep the first 1"],
  },
  { changes: [set(at("trust"), [certificate(900), certificate(900)])], says: ["cluster.trust[1]", "is named once", "leave it out"] },
  {
    changes: [set(at("tags"), { "coppice-cluster": "other" })],
    says: ["cluster.tags.coppice-cluster", "is a tag of one's own: Coppice and Kubernetes set this one", "leave it out"],
  },
  {
    changes: [set(at("tags"), { Name: "orchard" })],
    says: ["cluster.tags.Name", "is a tag of one's own: Coppice and Kubernetes set this one", "leave it out"],
  },
  {
    changes: [set(at("tags"), { "kubernetes.io/cluster/orchard": "owned" })],
    says: ['cluster.tags["kubernetes.io/cluster/orchard"]', "is a tag of one's own: Coppice and Kubernetes set this one", "leave it out"],
  },
  {
    changes: [set(at("tags"), { "AWS:owner": "platform" })],
    says: ['cluster.tags["AWS:owner"]', "does not start with aws:, which AWS keeps for itself", "leave it out"],
  },
  {
    changes: [set(at("tags"), Object.fromEntries(Array.from({ length: 42 }, (_, index) => [`tag-${index}`, "x"])))],
    says: ["cluster.tags", "holds at most 40 tags: AWS takes 50, and some are the cluster's own", "keep the first 40"],
  },
  {
    changes: [set(at("segmentation", "machines"), [{ from: "10.40.0.0/24", to: "10.50.0.0/24", ports: ["tcp/25"], why: "mail relay" }])],
    says: ["cluster.segmentation.machines[0]", "has a tier at one end: other traffic does not pass the cluster's machines", "leave it out"],
  },
  {
    changes: [set(at("segmentation", "machines"), [{ from: "0.0.0.0/0", to: "workers", ports: ["tcp/443"], why: "everybody" }])],
    says: [
      "cluster.segmentation.machines[0].from",
      "is a /8 or smaller: machines answer known networks only",
      "name the networks, or leave the flow out",
    ],
  },
  {
    changes: [set(at("segmentation", "machines"), [{ from: "workers", to: "10.40.0.25/32", ports: ["tcp/90-80"], why: "mail relay" }])],
    says: ["cluster.segmentation.machines[0].ports[0]", "runs from a lower port to a higher one, up to 65535", 'use "tcp/80-90"'],
  },
  {
    changes: [
      set(at("segmentation", "machines"), [{ from: "workers", to: "10.40.0.25/32", ports: ["udp/30000-70000"], why: "mail relay" }]),
    ],
    says: ["cluster.segmentation.machines[0].ports[0]", "runs from a lower port to a higher one, up to 65535", 'use "udp/30000-65535"'],
  },
  {
    changes: [set(at("segmentation", "machines"), [{ from: "workers", to: "10.40.0.25/32", ports: ["tcp/70000"], why: "mail relay" }])],
    says: ["cluster.segmentation.machines[0].ports[0]", "runs from a lower port to a higher one, up to 65535", 'use "tcp/65535"'],
  },
  {
    changes: [set(at("segmentation", "machines"), [mail, mail])],
    says: ["cluster.segmentation.machines[1].ports[0]", "is said once", "leave it out"],
  },
  {
    changes: [set(at("segmentation", "machines"), [{ ...mail, ports: ["tcp/25", "tcp/587", "tcp/25"] }])],
    says: ["cluster.segmentation.machines[0].ports[2]", "is said once", "leave it out"],
  },
  {
    changes: [set(at("segmentation", "machines"), [{ from: "masters", to: "etcd", ports: ["tcp/2379"], why: "API servers reach etcd" }])],
    says: ["cluster.segmentation.machines[0].ports[0]", "adds to the flows that every cluster has: this is one of them", "leave it out"],
  },
  {
    changes: [set(["backend", "bucket"], "coppice-orchard-111122223333-eu-central-1")],
    says: [
      "backend.bucket",
      "is another bucket than the cluster's store, which its machines write to",
      'use "terraform-orchard-111122223333-eu-central-1"',
    ],
  },
  {
    changes: [set(["backend", "kmsKey"], "arn:aws:kms:us-east-1:111122223333:key/1")],
    says: ["backend.kmsKey", "lies in the region of the bucket, eu-central-1", "leave it out"],
  },
  {
    changes: [set(at("name"), "internal-orchard")],
    says: ["cluster.name", "does not start with internal-, which AWS keeps for itself", 'use "internalorchard"'],
  },
  {
    changes: [set(at("name"), "sg-orchard")],
    says: ["cluster.name", "does not start with sg-, which AWS keeps for itself", 'use "sgorchard"'],
  },
  {
    changes: [set(at("placement", "region"), "eu-centrall-1")],
    says: ["cluster.placement.region", "is a region of AWS", "did you mean eu-central-1?"],
  },
  {
    changes: [set(at("placement", "region"), "eu-nowhere-1")],
    says: ["cluster.placement.region", "is a region of AWS", "did you mean eu-central-1?"],
  },
  {
    changes: [set(at("placement", "zones"), ["eu-central-1a", "eu-central-1b", "eu-west-1c"])],
    says: ["cluster.placement.zones[2]", "is a zone of eu-central-1", 'use "eu-central-1c"'],
  },
  {
    changes: [set(at("placement", "zones"), ["eu-central-1a", "eu-central-1b", "eu-central-1z"])],
    says: ["cluster.placement.zones[2]", "is a zone of eu-central-1", 'use "eu-central-1c"'],
  },
  {
    changes: [set(at("placement", "boundary"), "arn:aws:iam::999999999999:policy/boundary")],
    says: ["cluster.placement.boundary", "belongs to the account of the placement, 111122223333", "leave it out"],
  },
  {
    changes: [set(at("placement", "keys"), { store: "arn:aws:kms:us-east-1:111122223333:key/1" })],
    says: ["cluster.placement.keys.store", "lies in the region of the placement, eu-central-1", "leave it out"],
  },
  {
    changes: [set(at("placement", "alarms"), { topic: "arn:aws:sns:eu-central-1:999999999999:on-call" })],
    says: ["cluster.placement.alarms.topic", "belongs to the account of the placement, 111122223333", "leave it out"],
  },
  {
    changes: [
      set(at("placement"), {
        cloud: "aws",
        account: "111122223333",
        region: "cn-north-1",
        zones: ["cn-north-1a", "cn-north-1b", "cn-north-1c"],
      }),
    ],
    says: ["cluster.placement.image", "is required in aws-cn: the default images are published elsewhere", "name images and their owner"],
  },
];
