import { at } from "../../../constructs/spec/rules/rule";
import { set, type Row } from "./row";

export const placement: readonly Row[] = [
  { changes: [set(at("placement", "cloud"), "asw")], says: ["cluster.placement.cloud", "is one of aws, google, vsphere", 'use "aws"'] },
  {
    changes: [set(at("placement", "account"), 111122223333)],
    says: ["cluster.placement.account", "is a 12-digit account number", 'use "111122223333"'],
  },
  {
    changes: [set(at("placement", "account"), "1111")],
    says: ["cluster.placement.account", "is a 12-digit account number", 'for example "111122223333"'],
  },
  {
    changes: [set(at("placement", "region"), "Frankfurt")],
    says: ["cluster.placement.region", "is a region", 'for example "eu-central-1"'],
  },
  {
    changes: [set(at("placement", "zones"), [])],
    says: ["cluster.placement.zones", "names at least one zone", 'for example ["eu-central-1a","eu-central-1b","eu-central-1c…'],
  },
  { changes: [set(at("placement", "zones", 2), "c")], says: ["cluster.placement.zones[2]", "is an availability zone", "leave it out"] },
  {
    changes: [set(at("placement", "network"), { nat: "shared" })],
    says: ["cluster.placement.network.nat", "is one of per-zone, single", "leave it out"],
  },
  {
    changes: [set(at("placement", "network"), { natt: "single" })],
    says: ["cluster.placement.network.natt", "is no field of cluster.placement.network", "did you mean nat?"],
  },
  {
    changes: [set(at("placement", "network"), { nat: "single", flowLogDays: 360 })],
    says: ["cluster.placement.network.flowLogDays", "is a retention that CloudWatch knows", "use 365"],
  },
  {
    changes: [set(at("placement", "network"), { vpc: "vpc-1234", subnets: {} })],
    says: ["cluster.placement.network.vpc", "is the id of a VPC", 'for example "vpc-0123456789abcdef0"'],
  },
  {
    changes: [set(at("placement", "image"), { os: "flatcar", names: { amd64: "*" }, owner: "075585003325" })],
    says: ["cluster.placement.image.names.amd64", "is the exact name of an AMI", "leave it out"],
  },
  {
    changes: [set(at("placement", "dnsZone"), { id: "Z0123456789ABCDEFGHIJ" })],
    says: ["cluster.placement.dnsZone.name", "is required", 'for example "k8s.example.com"'],
  },
  {
    changes: [set(at("placement", "keys"), { store: "alias/orchard" })],
    says: ["cluster.placement.keys.store", "is an ARN of kms", "leave it out"],
  },
];
