import fc from "fast-check";
import { defaults } from "../../constructs/spec/defaults";
import type { Environment } from "../../constructs/spec/environment";
import { environments } from "./arbitrary";

type Cluster = Environment["cluster"];
type Placement = Extract<Cluster["placement"], { cloud: "vsphere" }>;
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

function said<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** Zones that stand on clusters of their own, or are parts of one. */
function placement(count: number): fc.Arbitrary<Placement> {
  const zones = Array.from({ length: count }, (_, index) => `rack-${index}`);
  const site = fc
    .record({ shared: fc.boolean(), pool: maybe(fc.constant("compute/Resources/kept")), stores: maybe(fc.constant("workers")) })
    .map(({ shared, pool, stores }) =>
      Object.fromEntries(
        zones.map((zone, index) => {
          const own = shared ? "compute" : `compute-${index}`;
          const optional = { hostGroup: shared ? zone : undefined, resourcePool: pool, datastoreCluster: stores };
          return [zone, said({ clusters: { amd64: own, arm64: `${own}-arm` }, datastore: shared ? "ssd" : `ssd-${index}`, ...optional })];
        }),
      ),
    );
  const image = fc.record({ os: fc.constantFrom("flatcar", "debian", "ubuntu"), library: maybe(fc.constant("images")) });
  return fc
    .record({
      sites: site,
      image: image.map(({ os, library }) => said({ os, names: { amd64: `${os}-1`, arm64: `${os}-1-arm64` }, library })),
      endpoint: fc.constantFrom("https://s3.example.com", "https://192.168.255.10:9000", "https://192.168.255.10"),
      server: fc.constantFrom("vcenter.example.com", "192.168.255.11"),
      apiAddress: maybe(fc.constant("192.168.0.250")),
      folder: maybe(fc.constant("kubernetes/clusters")),
      storagePolicy: maybe(fc.constant("Encrypted")),
      vtpm: fc.boolean(),
    })
    .map(({ endpoint, ...chosen }) => {
      const network = {
        portGroup: "machines",
        cidr: "192.168.0.0/18",
        gateway: "192.168.0.1",
        seats: "192.168.0.0/24",
        workers: "192.168.32.0/19",
        dns: ["192.168.255.2"],
        ntp: ["ntp.example.com", "192.168.255.3"],
      };
      const store = { endpoint, bucket: "kept-store", accessKeys: { etcd: "key-1", masters: "key-2", workers: "key-3" } };
      return said({ cloud: "vsphere", datacenter: "dc-1", zones, network, store, ...chosen }) as Placement;
    });
}

/** There are no types, so what is named by one has the usual size. */
function machine<T extends { size?: unknown }>(one: T, usual: { readonly cpus: number; readonly memoryGiB: number }): T {
  return typeof one.size === "string" ? { ...one, size: usual } : one;
}

function onVsphere(environment: Environment, placed: Placement): Environment {
  const { cluster } = environment;
  const access = { ...cluster.access, api: "internal" as const };
  const pools = Object.entries(cluster.workers).map(([name, pool]) => [
    name,
    { ...machine(pool, defaults.workers.size), alternatives: [], spotPercent: 0 },
  ]);
  return {
    ...environment,
    cluster: {
      ...cluster,
      placement: placed,
      access,
      etcd: machine(cluster.etcd ?? {}, defaults.etcd.size),
      masters: machine(cluster.masters ?? {}, defaults.masters.size),
      workers: Object.fromEntries(pools) as Cluster["workers"],
    },
  };
}

/** The valid environments of `arbitrary.ts`, on vSphere, with no more workers than its segment has addresses for. */
export const vsphereEnvironments: fc.Arbitrary<Environment> = environments.chain((environment) =>
  placement(environment.cluster.placement.zones.length).map((placed) => onVsphere(environment, placed)),
);
