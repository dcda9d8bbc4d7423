import type { VspherePlacement } from "../../constructs/spec/placement-vsphere";
import { CannotRun } from "../../terraform/cannot-run";

/** What an environment takes for granted in a vCenter, in the form that `vcsim/vcenter` reads. */
export interface World {
  readonly datacenter: string;
  /** Hosts of each compute cluster. */
  readonly clusters: Readonly<Record<string, number>>;
  readonly datastores: readonly string[];
  readonly portGroup: string;
  readonly folders: readonly string[];
  readonly templates: readonly {
    readonly path: string;
    readonly cluster: string;
    readonly datastore: string;
    readonly guestId: string;
    readonly diskGiB: number;
  }[];
}

/** Enough for HA to have a second one. */
const hosts = 2;

/** The vCenter of a placement, before the first apply. @throws CannotRun on what the simulator has no part for */
export function worldFor(placement: VspherePlacement): World {
  const { datacenter, network, folder, image } = placement;
  const sites = Object.values(placement.sites);
  const optional = {
    "a content library": image.library,
    "a storage policy": placement.storagePolicy,
    "a datastore cluster": sites.find(({ datastoreCluster }) => datastoreCluster !== undefined),
    "a resource pool of somebody else": sites.find(({ resourcePool }) => resourcePool !== undefined),
    "a host group": sites.find(({ hostGroup }) => hostGroup !== undefined),
  };
  const [lacking] = Object.entries(optional).find(([, value]) => value !== undefined) ?? [];
  if (lacking !== undefined) throw new CannotRun(`the environment names ${lacking}`, "try one without it: the emulated vCenter has none");
  const [datastore = ""] = sites.map((site) => site.datastore);
  const template = (architecture: string, path: string) => ({
    path,
    cluster: sites.flatMap(({ clusters }) => clusters[architecture as keyof typeof clusters] ?? [])[0] ?? "",
    datastore,
    // As a vCenter calls a system that it does not know. Less than the smallest root disk.
    guestId: "other4xLinux64Guest",
    diskGiB: 8,
  });
  return {
    datacenter,
    clusters: Object.fromEntries(sites.flatMap(({ clusters }) => Object.values(clusters).map((name) => [name, hosts]))),
    datastores: [...new Set(sites.map((site) => site.datastore))],
    portGroup: network.portGroup,
    folders: folder === undefined ? [] : [folder],
    templates: Object.entries(image.names).flatMap(([architecture, path]) => (path === undefined ? [] : [template(architecture, path)])),
  };
}
