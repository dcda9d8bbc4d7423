import * as z from "zod";
import { address, cidr } from "./cidr-shape";
import { defaults } from "./defaults";
import { host, url } from "./host-shape";
import { text } from "./shapes";
import { operatingSystems } from "./versions";

/** As people name things in vCenter; `/`, `\` and `%` are written otherwise there. */
const named = (what: string, example: string) => text(/^[A-Za-z0-9]([\w .()+@-]{0,78}[\w)])?$/, `is the name of a ${what}`, example);
const zone = text(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/, "is a DNS label of at most 20 characters", "rack-a");
const path = (what: string, example: string) =>
  text(/^[A-Za-z0-9]([\w .()+@/-]{0,158}[\w)])?$/, `is the path of a ${what}, without a slash at its ends`, example);

/** Where the machines of a zone stand. */
const site = z.strictObject({
  /** Compute clusters by the architecture of their hosts. */
  clusters: z.strictObject({ amd64: named("compute cluster", "compute-a"), arm64: named("compute cluster", "arm-a") }).partial(),
  /** Hosts of a cluster that are this zone, where zones share a cluster: a rack or a room. @default all of them */
  hostGroup: named("host group", "rack-a").optional(),
  /** An existing pool that the cluster's own is made in. @default the compute cluster's root */
  resourcePool: path("resource pool", "compute-a/Resources/kubernetes").optional(),
  /** Of the seats, and of workers without a datastore cluster. Volumes never move, so it is one datastore. */
  datastore: named("datastore", "ssd-a"),
  /** Of workers: Storage DRS chooses for them. @default the datastore */
  datastoreCluster: named("datastore cluster", "pool-a").optional(),
});

/** One segment for all machines: the API's address moves between masters by ARP, which ends at a router. */
const network = z.strictObject({
  portGroup: named("port group", "machines"),
  /** All of the segment. */
  cidr,
  gateway: address.meta({ example: "10.0.0.1" }),
  /** Fixed addresses, for seats alone: `.5` the API, `.10` to `.14` etcd, `.20` to `.24` masters, counted from its first. */
  seats: cidr,
  /** What DHCP hands out, to workers alone. */
  workers: cidr,
  /** What seats ask where `cluster.network.dns` names none; workers ask those that DHCP tells them. */
  dns: z
    .array(address)
    .min(1, "names at least one server: no cloud has one")
    .max(3, "names at most 3 servers: resolvers read no more")
    .meta({ example: ["10.0.0.2"] }),
  /** Asked where `cluster.network.ntp` names none. */
  ntp: z
    .array(host)
    .min(1, "names at least one server: no cloud has one")
    .max(8, "names at most 8 servers")
    .meta({ example: ["ntp.example.com"] }),
});

const accessKey = text(/^[\w.@/+=-]{3,128}$/, "is the id of an access key; its secret is a variable of Terraform", "orchard-etcd");

/** The S3-compatible store that somebody brings; docs/vsphere.md says what it must be able to. */
const store = z.strictObject({
  endpoint: url(/^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/, "is https://host, with an optional port", "https://s3.example.com"),
  bucket: text(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, "is a bucket name of 3 to 63 lower-case letters, digits and dashes", "coppice-orchard"),
  /** What requests are signed with; most stores take any. */
  region: text(/^[a-z0-9-]{1,32}$/, "is the name of a region", defaults.vsphere.storeRegion).default(defaults.vsphere.storeRegion),
  /** One credential a tier, allowed what the store's access table says for it. */
  accessKeys: z.strictObject({ etcd: accessKey, masters: accessKey, workers: accessKey }).meta({
    example: { etcd: "orchard-etcd", masters: "orchard-masters", workers: "orchard-workers" },
  }),
});

/** The part of an environment that names vSphere. */
export const vspherePlacement = z.strictObject({
  cloud: z.literal("vsphere"),
  /** The vCenter. */
  server: host.meta({ example: "vcenter.example.com" }),
  datacenter: named("datacenter", "dc-1"),
  /** Words of one's own. Append new zones at the end: seats go around in this order. */
  zones: z
    .array(zone)
    .min(1, "names at least one zone")
    .max(8, "names at most 8 zones")
    .meta({ example: ["rack-a", "rack-b", "rack-c"] }),
  /** One entry a zone. */
  sites: z.record(zone, site),
  network,
  /** What clients call the API by. @default the sixth address of `network.seats` */
  apiAddress: address.optional(),
  /** A name that somebody's DNS has for it; in the certificates of the API. */
  apiName: host.optional(),
  image: z.strictObject({
    os: z.enum(operatingSystems).meta({ example: "flatcar" }),
    /** Exact names of templates, one an architecture: paths in the datacenter, or items of the library. */
    names: z
      .strictObject({ amd64: path("template", "templates/flatcar-1"), arm64: path("template", "templates/flatcar-1-arm64") })
      .partial(),
    /** Content library that holds them. @default none: they are templates of the inventory */
    library: named("content library", "images").optional(),
  }),
  store,
  /** Folder of the inventory that the cluster's own is made in. @default the datacenter's root */
  folder: path("folder", "kubernetes").optional(),
  /** Storage policy of all root disks, such as one that encrypts; volumes take the default of their datastore. */
  storagePolicy: named("storage policy", "VM Encryption Policy").optional(),
  /** Whether machines have a virtual TPM, for which the vCenter needs a key provider. */
  vtpm: z.boolean().default(defaults.vsphere.vtpm),
});
export type VspherePlacement = z.output<typeof vspherePlacement>;
export type Site = z.output<typeof site>;
export type Segment = z.output<typeof network>;
