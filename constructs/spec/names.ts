import { byCloud, type ByCloud } from "./by-cloud";
import type { ClusterSpec } from "./cluster-spec";
import { clusterTag } from "./tag-names";

/** Bucket names are global on clouds: in them is what nobody else has. Names of projects are global themselves. */
const stores: ByCloud<(cluster: string) => string> = {
  aws:
    ({ account, region }) =>
    (cluster) =>
      `coppice-${cluster}-${account}-${region}`,
  google:
    ({ project }) =>
    (cluster) =>
      `coppice-${cluster}-${project}`,
  vsphere:
    ({ store }) =>
    () =>
      store.bucket,
};

/**
 * Names of what the cloud shows. A name never changes between versions: a changed name destroys what it named.
 * Limits that the longest ones must keep: load balancer and target group 32, role 64, bucket 63.
 */
export const names = {
  /** `orchard-etcd-0`, `orchard-workers-general`: at most 20 + 1 + 20 characters */
  of: (spec: Pick<ClusterSpec, "name">, thing: string): string => `${spec.name}-${thing}`,
  /** Folder of the cluster in logs and parameter trees. */
  path: (spec: ClusterSpec, thing: string): string => `/coppice/${spec.name}/${thing}`,
  /** `coppice-orchard-111122223333-eu-central-1`, `coppice-orchard-example-platform`, or the bucket that somebody brings */
  store: ({ name, placement }: Pick<ClusterSpec, "name" | "placement">): string => byCloud(placement, stores)(name),
  /** `alias/coppice-orchard-secrets` */
  keyAlias: (spec: Pick<ClusterSpec, "name">, purpose: string): string => `alias/coppice-${spec.name}-${purpose}`,
  /** `coppice-orchard`: folder, resource pools and category of tags in a vCenter. */
  inventory: (spec: Pick<ClusterSpec, "name">): string => `coppice-${spec.name}`,
  /** `coppice-orchard`: rings are never deleted, so a ring is the cluster's own. */
  keyRing: (spec: Pick<ClusterSpec, "name">): string => `coppice-${spec.name}`,
  pool: (pool: string): string => `workers-${pool}`,
  /** Name of the API for clients that know the hosted zone. */
  api: (spec: ClusterSpec): string => `api.${spec.name}`,
};

/** Tags of everything: who made it, and for which cluster. */
export function tags(spec: ClusterSpec): Record<string, string> {
  return { ...spec.tags, [clusterTag]: spec.name };
}
