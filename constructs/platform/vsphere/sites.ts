import { DataVsphereComputeCluster } from "@cdktf/provider-vsphere/lib/data-vsphere-compute-cluster";
import { DataVsphereDatacenter } from "@cdktf/provider-vsphere/lib/data-vsphere-datacenter";
import { DataVsphereDatastore } from "@cdktf/provider-vsphere/lib/data-vsphere-datastore";
import { DataVsphereDatastoreCluster } from "@cdktf/provider-vsphere/lib/data-vsphere-datastore-cluster";
import { DataVsphereNetwork } from "@cdktf/provider-vsphere/lib/data-vsphere-network";
import { DataVsphereResourcePool } from "@cdktf/provider-vsphere/lib/data-vsphere-resource-pool";
import { DataVsphereStoragePolicy } from "@cdktf/provider-vsphere/lib/data-vsphere-storage-policy";
import { Folder } from "@cdktf/provider-vsphere/lib/folder";
import { ResourcePool } from "@cdktf/provider-vsphere/lib/resource-pool";
import { names } from "../../spec/names";
import { architectures, type Architecture } from "../../spec/versions";
import type { Context } from "./context";
import type { Tags } from "./tags";

/** Where machines of one architecture stand in a zone, by ids of the vCenter. */
export interface Place {
  /** The compute cluster, by the id that its data source has here: zones may share it. */
  readonly cluster: string;
  readonly clusterId: string;
  readonly pool: string;
  readonly datastore: string;
  readonly datastoreCluster?: string;
  readonly hostGroup?: string;
}

export interface Sites {
  readonly datacenter: string;
  readonly datacenterId: string;
  readonly folder: string;
  readonly network: string;
  readonly storagePolicy?: string;
  at(zone: string, architecture: Architecture): Place;
}

/** What is there already, by its names, and the folder and the resource pools of the cluster's own. */
export function sitesOf(context: Context, tags: Tags): Sites {
  const { stack, spec, placement } = context;
  const { id: datacenterId } = new DataVsphereDatacenter(stack, "datacenter", { name: placement.datacenter });
  const folder = new Folder(stack, "folder", {
    type: "vm",
    datacenterId,
    path: [...(placement.folder === undefined ? [] : [placement.folder]), names.inventory(spec)].join("/"),
    tags: [...tags.all],
  });
  const network = new DataVsphereNetwork(stack, "segment", { datacenterId, name: placement.network.portGroup });
  const policy =
    placement.storagePolicy === undefined
      ? undefined
      : new DataVsphereStoragePolicy(stack, "storage-policy", { name: placement.storagePolicy });
  const places = new Map(
    placement.zones
      .flatMap((zone) => architectures.map((architecture) => [zone, architecture] as const))
      .flatMap(([zone, architecture]) => {
        const place = placeOf(context, datacenterId, tags, zone, architecture);
        return place ? [[`${zone} ${architecture}`, place] as const] : [];
      }),
  );
  return {
    datacenter: placement.datacenter,
    datacenterId,
    folder: folder.path,
    network: network.id,
    ...(policy && { storagePolicy: policy.id }),
    at(zone, architecture) {
      const place = places.get(`${zone} ${architecture}`);
      if (!place) throw new Error(`${zone} has no compute cluster for ${architecture}; readEnvironment() would have said so`);
      return place;
    },
  };
}

function placeOf(
  { stack, spec, placement }: Context,
  datacenterId: string,
  tags: Tags,
  zone: string,
  architecture: Architecture,
): Place | undefined {
  const site = placement.sites[zone];
  const name = site?.clusters[architecture];
  if (site === undefined || name === undefined || !isUsed(spec, architecture)) return undefined;
  const once = <T>(id: string, make: (id: string) => T): T => (stack.node.tryFindChild(id) as T | undefined) ?? make(id);
  // Zones may share what a name stands for; it is looked up once.
  const cluster = once(`cluster-${word(name)}`, (id) => new DataVsphereComputeCluster(stack, id, { datacenterId, name }));
  const datastore = once(
    `datastore-${word(site.datastore)}`,
    (id) => new DataVsphereDatastore(stack, id, { datacenterId, name: site.datastore }),
  );
  const { datastoreCluster, resourcePool, hostGroup } = site;
  const stores =
    datastoreCluster === undefined
      ? undefined
      : once(
          `datastores-${word(datastoreCluster)}`,
          (id) => new DataVsphereDatastoreCluster(stack, id, { datacenterId, name: datastoreCluster }),
        );
  const parent =
    resourcePool === undefined
      ? cluster.resourcePoolId
      : once(`parent-${word(resourcePool)}`, (id) => new DataVsphereResourcePool(stack, id, { datacenterId, name: resourcePool })).id;
  const pool = new ResourcePool(stack, `pool-${zone}${architecture === "amd64" ? "" : `-${architecture}`}`, {
    name: names.of(spec, architecture === "amd64" ? zone : `${zone}-${architecture}`),
    parentResourcePoolId: parent,
    // What it is anyway: the provider reads it back, and would plan to take it away each time.
    scaleDescendantsShares: "disabled",
    tags: [...tags.all],
  });
  return {
    cluster: word(name),
    clusterId: cluster.id,
    pool: pool.id,
    datastore: datastore.id,
    ...(stores && { datastoreCluster: stores.id }),
    ...(hostGroup !== undefined && { hostGroup }),
  };
}

const isUsed = ({ etcd, masters, workers }: Context["spec"], architecture: Architecture): boolean =>
  [etcd, masters, ...Object.values(workers)].some((one) => one.architecture === architecture);

/** A name as a part of an id. */
export const word = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
