import type { ClusterInput } from "../../constructs/spec/cluster-spec";
import type { Environment } from "../../constructs/spec/environment";
import { certificate, type Scenario } from "./scenarios";

type Placement = Extract<ClusterInput["placement"], { cloud: "vsphere" }>;

const network: Placement["network"] = {
  portGroup: "machines",
  cidr: "10.50.0.0/23",
  gateway: "10.50.0.1",
  seats: "10.50.0.0/27",
  workers: "10.50.1.0/24",
  dns: ["10.50.0.2"],
  ntp: ["10.50.0.3"],
};
const store: Placement["store"] = {
  endpoint: "https://s3.example.com",
  bucket: "coppice-golden",
  accessKeys: { etcd: "golden-etcd", masters: "golden-masters", workers: "golden-workers" },
};
const site = (letter: string) => ({ clusters: { amd64: `compute-${letter}` }, datastore: `ssd-${letter}` });
const three = {
  zones: ["rack-a", "rack-b", "rack-c"],
  sites: { "rack-a": site("a"), "rack-b": site("b"), "rack-c": site("c") },
};
const flatcar: Placement["image"] = { os: "flatcar", names: { amd64: "templates/flatcar-1" } };

/** The smallest cluster, changed in what a scenario is about. */
function one(placement: Partial<Placement>, cluster: Partial<ClusterInput> = {}, environment: Partial<Environment> = {}): Environment {
  return {
    cluster: {
      name: "golden",
      placement: {
        cloud: "vsphere",
        server: "vcenter.example.com",
        datacenter: "dc-1",
        zones: ["rack-a"],
        sites: { "rack-a": site("a") },
        network,
        image: flatcar,
        store,
        ...placement,
      },
      etcd: { seats: 1 },
      masters: { seats: 1 },
      workers: { general: { min: 1, max: 3 } },
      ...cluster,
    },
    backend: { type: "local", folder: "state" },
    protect: false,
    ...environment,
  };
}

/** The ways to use the product on vSphere, as `scenarios.ts` has them on AWS. */
export const vsphereScenarios: Readonly<Record<string, Scenario>> = {
  "one-seat": {
    adds: "vsphere_virtual_machine.name=golden-workers-general-rack-a-6",
    environment: one({}, { workers: { general: { min: 7, max: 8 } } }),
  },
  "three-seats": {
    adds: "data.vsphere_compute_cluster.name=compute-c",
    environment: one(three, { etcd: {}, masters: {}, workers: { general: { min: 3, max: 9 } } }),
  },
  "one-cluster-of-racks": {
    adds: "vsphere_compute_cluster_vm_host_rule.affinity_host_group_name=rack-b",
    environment: one(
      {
        zones: three.zones,
        sites: Object.fromEntries(three.zones.map((zone) => [zone, { ...site("all"), clusters: { amd64: "compute" }, hostGroup: zone }])),
      },
      { etcd: { seats: 5 }, masters: { seats: 3 } },
    ),
  },
  "pools-and-folders": {
    adds: "data.vsphere_resource_pool.name=compute-a/Resources/kubernetes",
    environment: one({ folder: "kubernetes", sites: { "rack-a": { ...site("a"), resourcePool: "compute-a/Resources/kubernetes" } } }),
  },
  "datastore-cluster": {
    adds: "data.vsphere_datastore_cluster.name=pool-a",
    environment: one({ sites: { "rack-a": { ...site("a"), datastoreCluster: "pool-a" } } }),
  },
  encrypted: {
    adds: "data.vsphere_storage_policy.name=VM Encryption Policy",
    environment: one({ storagePolicy: "VM Encryption Policy", vtpm: true }),
  },
  library: {
    adds: "data.vsphere_content_library.name=images",
    environment: one({ image: { os: "ubuntu", names: { amd64: "ubuntu-24.04" }, library: "images" } }),
  },
  debian: {
    adds: "data.vsphere_virtual_machine.name=templates/debian-13",
    environment: one({ image: { os: "debian", names: { amd64: "templates/debian-13" } } }),
  },
  arm64: {
    adds: "data.vsphere_compute_cluster.name=arm-a",
    environment: one(
      {
        sites: { "rack-a": { clusters: { amd64: "compute-a", arm64: "arm-a" }, datastore: "ssd-a" } },
        image: { os: "flatcar", names: { amd64: "templates/flatcar-1", arm64: "templates/flatcar-1-arm64" } },
      },
      { workers: { general: { min: 1, max: 3, architecture: "arm64" } } },
    ),
  },
  "named-api": { adds: "output.api=api.example.com", environment: one({ apiAddress: "10.50.0.30", apiName: "api.example.com" }) },
  "store-by-address": {
    adds: "aws_s3_object.content~tcp dport 9000",
    environment: one({ server: "10.60.0.10", store: { ...store, endpoint: "https://10.60.0.20:9000", region: "dc-1" } }),
  },
  "proxy-and-trust": {
    adds: "aws_s3_object.content~tcp dport 3128",
    environment: one({}, { network: { proxy: { http: "http://10.1.0.10:3128", bypass: [".example.com"] } }, trust: [certificate] }),
  },
  "company-dns": {
    adds: "aws_s3_object.content~10.1.0.53/32",
    environment: one({}, { network: { dns: ["10.1.0.53"], ntp: ["ntp.example.com"] } }),
  },
  calico: { adds: "aws_s3_object.content~udp dport 4789", environment: one({}, { addons: { cni: "calico" } }) },
  "company-flows": {
    adds: "aws_s3_object.content~tcp dport 587",
    environment: one(
      {},
      { segmentation: { machines: [{ from: "workers", to: "10.1.2.0/24", ports: ["tcp/587"], why: "pods reach the mail relay" }] } },
    ),
  },
  protected: {
    adds: "vsphere_virtual_disk.lifecycle.prevent_destroy",
    environment: one(
      {},
      {},
      { protect: true, backend: { type: "s3", bucket: "example-state", region: "us-east-1", endpoint: "https://s3.example.com" } },
    ),
  },
};

/** The place of a second zone beside that of the first. */
export const twoZones: Partial<Placement> = { zones: ["rack-a", "rack-b"], sites: { "rack-a": site("a"), "rack-b": site("b") } };
