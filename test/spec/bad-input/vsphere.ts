import { at } from "../../../constructs/spec/rules/rule";
import { minimalOnVsphere } from "../environments-vsphere";
import { remove, set, type Row } from "./row";

const place = (...keys: (string | number)[]) => at("placement", ...keys);

const rows: readonly Omit<Row, "on">[] = [
  { changes: [remove(place("server"))], says: ["cluster.placement.server", "is required", 'for example "vcenter.example.com"'] },
  {
    changes: [set(place("datacenter"), "dc/1")],
    says: ["cluster.placement.datacenter", "is the name of a datacenter", 'use "dc1"'],
  },
  {
    changes: [set(place("region"), "eu-central-1")],
    says: ["cluster.placement.region", "is no field of cluster.placement", "leave it out"],
  },
  {
    changes: [set(place("zones", 2), "rack-d")],
    says: ["cluster.placement.sites.rack-d", "says where the machines of every zone stand", "is that of rack-c meant?"],
  },
  {
    changes: [set(place("zones", 3), "rack-d")],
    says: [
      "cluster.placement.sites.rack-d",
      "says where the machines of every zone stand",
      "name its compute cluster and its datastore, or take the zone out of the placement",
    ],
  },
  {
    changes: [set(place("sites", "rack-d"), { clusters: { amd64: "compute-d" }, datastore: "ssd-d" })],
    says: ["cluster.placement.sites.rack-d", "belongs to a zone of the placement", "leave it out"],
  },
  {
    changes: [
      set(place("zones"), ["rack-a"]),
      remove(place("sites", "rack-b")),
      remove(place("sites", "rack-c")),
      set(at("masters"), { seats: 1 }),
    ],
    says: [
      "cluster.etcd.seats",
      "puts fewer than 2 of 3 seats into one zone: etcd must outlive the zone",
      "name 3 zones in placement.zones, or use 1",
    ],
  },
  {
    changes: [remove(place("sites", "rack-a", "datastore")), set(place("sites", "rack-a", "datastoreCluster"), "pool-a")],
    says: ["cluster.placement.sites.rack-a.datastore", "is required", 'for example "ssd-a"'],
  },
  {
    changes: [set(place("sites", "rack-a", "datastore"), "pool"), set(place("sites", "rack-b", "datastoreCluster"), "pool")],
    says: [
      "cluster.placement.sites.rack-a.datastore",
      "is one datastore and no cluster of them: the volume of a seat stays where it is",
      "name one datastore of it",
    ],
  },
  {
    changes: [remove(place("sites", "rack-b", "clusters", "amd64"))],
    says: [
      "cluster.placement.sites.rack-b.clusters.amd64",
      "names a compute cluster for every architecture in use",
      "name one, or leave out the machines",
    ],
  },
  {
    changes: [set(place("image", "names"), { arm64: "templates/flatcar-1-arm64" })],
    says: ["cluster.placement.image.names.amd64", "names a template for every architecture in use", "name one"],
  },
  { changes: [remove(place("image"))], says: ["cluster.placement.image", "is required", 'for example {"os":"flatcar","names":{}}'] },
  {
    changes: [remove(place("store", "accessKeys", "masters"))],
    says: ["cluster.placement.store.accessKeys.masters", "is required", 'for example "orchard-etcd"'],
  },
  {
    changes: [set(place("store", "accessKeys", "workers"), "orchard-etcd")],
    says: [
      "cluster.placement.store.accessKeys.workers",
      "is another credential than that of etcd: each tier may do less than all of them",
      'use "orchard-etcd-workers"',
    ],
  },
  {
    changes: [set(place("store", "endpoint"), "http://s3.example.com")],
    says: ["cluster.placement.store.endpoint", "is https://host, with an optional port", 'for example "https://s3.example.com"'],
  },
  {
    changes: [set(["backend", "bucket"], "coppice-orchard")],
    says: ["backend.bucket", "is another bucket than the cluster's store, which its machines write to", 'use "terraform-orchard"'],
  },
  {
    changes: [set(place("network", "seats"), "10.40.0.0/28")],
    says: ["cluster.placement.network.seats", "is a /27 or larger: seats have fixed places in it", 'use "10.40.0.224/27"'],
  },
  {
    changes: [set(place("network", "seats"), "10.41.0.0/27")],
    says: ["cluster.placement.network.seats", "lies in the segment, 10.40.0.0/23", 'use "10.40.0.224/27"'],
  },
  {
    changes: [set(place("network", "workers"), "10.40.2.0/24")],
    says: ["cluster.placement.network.workers", "lies in the segment, 10.40.0.0/23", 'use "10.40.1.0/24"'],
  },
  {
    changes: [set(place("network", "workers"), "10.40.0.16/28")],
    says: ["cluster.placement.network.workers", "lies outside placement.network.seats, 10.40.0.0/27", 'use "10.0.0.0/28"'],
  },
  {
    changes: [set(place("network", "gateway"), "10.40.0.20")],
    says: ["cluster.placement.network.gateway", "is an address of its own: a seat has it, the gateway or the API", 'use "10.40.0.1"'],
  },
  {
    changes: [set(place("network", "gateway"), "10.42.0.1")],
    says: ["cluster.placement.network.gateway", "lies in the segment, 10.40.0.0/23", 'use "10.40.0.1"'],
  },
  {
    changes: [set(place("network", "dns"), [])],
    says: ["cluster.placement.network.dns", "names at least one server: no cloud has one", 'for example ["10.0.0.2"]'],
  },
  {
    changes: [set(place("apiAddress"), "10.41.0.5")],
    says: ["cluster.placement.apiAddress", "lies in the segment, 10.40.0.0/23", "leave it out"],
  },
  {
    changes: [set(place("apiAddress"), "10.40.1.5")],
    says: ["cluster.placement.apiAddress", "lies outside the workers' addresses, 10.40.1.0/24", "leave it out"],
  },
  {
    changes: [set(place("apiAddress"), "10.40.0.0")],
    says: ["cluster.placement.apiAddress", "is an address for a machine of 10.40.0.0/23", "leave it out"],
  },
  {
    changes: [set(place("apiAddress"), "10.40.0.10")],
    says: ["cluster.placement.apiAddress", "is an address of its own: a seat has it, the gateway or the API", "leave it out"],
  },
  {
    changes: [set(at("access"), { api: "public", from: ["203.0.113.0/24"] })],
    says: ["cluster.access.api", "is internal: the API has one address, in the segment of its machines", 'use "internal"'],
  },
  {
    changes: [set(at("masters", "size"), "m7i.large")],
    says: ["cluster.masters.size", "is { cpus, memoryGiB }: vSphere has no machine types", 'use {"cpus":4,"memoryGiB":16}'],
  },
  {
    changes: [set(at("workers", "general", "alternatives"), ["m7i.large"])],
    says: ["cluster.workers.general.alternatives", "is left out: vSphere has no machine types", "leave it out"],
  },
  {
    changes: [set(at("workers", "general", "max"), 400)],
    says: [
      "cluster.workers",
      "allows at most 251 machines in all: the subnets of workers have no more addresses",
      "lower max of the pools to 251 in all",
    ],
  },
  {
    changes: [
      set(
        at("trust"),
        Array.from(
          { length: 12 },
          (_, index) => `-----BEGIN CERTIFICATE-----\n${`${index}QUJD`.padEnd(64, "A").concat("\n").repeat(20)}-----END CERTIFICATE-----\n`,
        ),
      ),
    ],
    says: ["cluster.trust", "fits into user-data, 12288 bytes, beside what else travels there", "keep the first 3"],
  },
];

/** What only an environment on vSphere can get wrong, and what it gets wrong as others do. */
export const vsphere: readonly Row[] = rows.map((row) => ({ on: minimalOnVsphere, ...row }));
