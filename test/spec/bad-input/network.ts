import { at } from "../../../constructs/spec/rules/rule";
import { full } from "../environments";
import { remove, rename, set, type Row } from "./row";

export const network: readonly Row[] = [
  {
    changes: [set(at("network", "pods"), "10.0.0.0/14")],
    says: ["cluster.network.pods", "lies outside network.nodes, 10.0.0.0/16", 'use "10.4.0.0/14"'],
  },
  {
    changes: [set(at("network", "services"), "10.64.0.0/16")],
    says: ["cluster.network.services", "lies outside network.pods, 10.64.0.0/14", 'use "10.1.0.0/16"'],
  },
  {
    changes: [set(at("network", "services"), "10.0.0.0/16")],
    says: ["cluster.network.services", "lies outside network.nodes, 10.0.0.0/16", 'use "10.1.0.0/16"'],
  },
  {
    changes: [set(at("network", "nodes"), "10.96.0.0/16")],
    says: ["cluster.network.services", "lies outside network.nodes, 10.96.0.0/16", 'use "10.0.0.0/16"'],
  },
  {
    changes: [set(at("network", "nodes"), "169.254.0.0/16")],
    says: ["cluster.network.nodes", "lies outside 169.254.0.0/16, which is no network for machines", 'use "10.0.0.0/16"'],
  },
  {
    changes: [set(at("network", "pods"), "224.0.0.0/8")],
    says: ["cluster.network.pods", "lies outside 224.0.0.0/3, which is no network for machines", 'use "10.16.0.0/12"'],
  },
  {
    changes: [set(at("network", "nodes"), "10.0.0.0/21")],
    says: ["cluster.network.nodes", "is a /20 or larger: it is cut into subnets for up to 8 zones", 'use "10.0.0.0/20"'],
  },
  {
    changes: [set(at("network", "nodes"), "10.0.0.0/15")],
    says: ["cluster.network.nodes", "is a /16 or smaller: a VPC has no more addresses", 'use "10.0.0.0/16"'],
  },
  {
    changes: [set(at("network", "services"), "11.0.0.0/11")],
    says: ["cluster.network.services", "is a /12 or smaller: API servers take no larger one", 'use "11.0.0.0/12"'],
  },
  {
    changes: [set(at("network", "services"), "10.96.0.0/25")],
    says: ["cluster.network.services", "is a /24 or larger: every service takes an address of it", 'use "10.96.0.0/24"'],
  },
  {
    changes: [set(at("network", "pods"), "16.0.0.0/7")],
    says: ["cluster.network.pods", "is a /8 or smaller: controller managers cut no larger one", 'use "16.0.0.0/8"'],
  },
  {
    changes: [set(at("network", "pods"), "10.64.0.0/21")],
    says: ["cluster.network.pods", "is a /20 or larger: each of up to 12 nodes takes a /24 of it", 'use "10.64.0.0/20"'],
  },
  {
    changes: [set(at("network", "dns"), ["10.96.0.10"])],
    says: ["cluster.network.dns[0]", "stands outside the cluster: machines need it before the first pod runs", "leave it out"],
  },
  {
    changes: [set(at("network", "ntp"), ["10.64.0.10"])],
    says: ["cluster.network.ntp[0]", "stands outside the cluster: machines need it before the first pod runs", "leave it out"],
  },
  {
    changes: [set(at("network", "proxy"), { http: "http://10.96.0.20:3128" })],
    says: ["cluster.network.proxy.http", "stands outside the cluster: machines need it before the first pod runs", "leave it out"],
  },
  {
    changes: [set(at("network", "proxy"), { http: "http://10.30.0.10:3128", https: "http://proxy.default.svc.cluster.local:3128" })],
    says: ["cluster.network.proxy.https", "stands outside the cluster: machines need it before the first pod runs", "leave it out"],
  },
  { changes: [set(at("network", "dns"), ["10.30.0.53", "10.30.0.53"])], says: ["cluster.network.dns[1]", "is named once", "leave it out"] },
  {
    changes: [set(at("placement", "zones"), ["eu-central-1a", "eu-central-1b", "eu-central-1c", "eu-central-1a"])],
    says: ["cluster.placement.zones[3]", "is named once", "leave it out"],
  },
  {
    on: full,
    changes: [set(at("network", "pods"), "10.20.0.0/16")],
    says: ["cluster.network.pods", "lies outside placement.network.subnets.eu-central-1a.seats.cidr, 10.20.0.0/27", 'use "10.0.0.0/16"'],
  },
  {
    on: full,
    changes: [set(at("placement", "network", "subnets", "eu-central-1b", "workers", "cidr"), "10.20.16.0/20")],
    says: [
      "cluster.placement.network.subnets.eu-central-1b.workers.cidr",
      "lies outside placement.network.subnets.eu-central-1a.workers.cidr, 10.20.16.0/20",
      'use "10.0.0.0/20"',
    ],
  },
  {
    on: full,
    changes: [set(at("placement", "network", "subnets", "eu-central-1b", "seats", "cidr"), "10.20.0.32/28")],
    says: [
      "cluster.placement.network.subnets.eu-central-1b.seats.cidr",
      "is a /27 or larger: seats have fixed places in it",
      'use "10.20.0.32/27"',
    ],
  },
  {
    on: full,
    changes: [set(at("placement", "network", "subnets", "eu-central-1b", "workers", "cidr"), "10.24.0.0/15")],
    says: [
      "cluster.placement.network.subnets.eu-central-1b.workers.cidr",
      "is between a /16 and a /28, as subnets are",
      'use "10.24.0.0/16"',
    ],
  },
  {
    on: full,
    changes: [set(at("placement", "network", "subnets", "eu-central-1b", "workers", "cidr"), "10.20.32.0/29")],
    says: [
      "cluster.placement.network.subnets.eu-central-1b.workers.cidr",
      "is between a /16 and a /28, as subnets are",
      'use "10.20.32.0/28"',
    ],
  },
  {
    on: full,
    changes: [set(at("placement", "network", "subnets", "eu-central-1b", "workers", "id"), "subnet-0000000a")],
    says: [
      "cluster.placement.network.subnets.eu-central-1b.workers.id",
      "is another subnet than placement.network.subnets.eu-central-1a.seats.id",
      "name the subnet of its own",
    ],
  },
  {
    on: full,
    changes: [remove(at("placement", "network", "subnets", "eu-central-1b", "public"))],
    says: [
      "cluster.placement.network.subnets.eu-central-1b.public",
      "is required where access.api is public",
      "name a public subnet of the zone",
    ],
  },
  {
    on: full,
    changes: [remove(at("placement", "network", "subnets", "eu-central-1b"))],
    says: [
      "cluster.placement.network.subnets.eu-central-1b",
      "names the subnets of every zone of the placement",
      "name its subnets, or take the zone out of the placement",
    ],
  },
  {
    on: full,
    changes: [rename(at("placement", "network", "subnets", "eu-central-1b"), "eu-central-1e")],
    says: [
      "cluster.placement.network.subnets.eu-central-1b",
      "names the subnets of every zone of the placement",
      "are those of eu-central-1e meant?",
    ],
  },
  {
    on: full,
    changes: [set(at("placement", "zones"), ["eu-central-1a", "eu-central-1b"]), set(at("etcd", "seats"), 1)],
    says: ["cluster.placement.network.subnets.eu-central-1c", "belongs to a zone of the placement", "leave it out"],
  },
];
