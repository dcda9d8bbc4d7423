import fc from "fast-check";
import { zonesIn } from "../../constructs/platform/google/regions";
import { part } from "../../constructs/spec/cidr";
import type { Environment } from "../../constructs/spec/environment";
import { environments } from "./arbitrary";

type Cluster = Environment["cluster"];
type GooglePlacement = Extract<Cluster["placement"], { cloud: "google" }>;
const project = "example-platform";
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

function said<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

function placement(count: number): fc.Arbitrary<GooglePlacement> {
  const region = fc.constantFrom(
    ...(count > 3 ? ["us-central1"] : ["europe-west4", "europe-west1", "us-central1", "northamerica-northeast1"]),
  );
  return region
    .chain((name) => fc.shuffledSubarray([...zonesIn(name)], { minLength: count, maxLength: count }).map((zones) => ({ name, zones })))
    .chain(({ name, zones }) => {
      const key = (purpose: string): string => `projects/${project}/locations/${name}/keyRings/kept/cryptoKeys/${purpose}`;
      const account = (tier: string): string => `kept-${tier}@${project}.iam.gserviceaccount.com`;
      const subnets = Object.fromEntries(
        zones.map((zone, index) => [
          zone,
          {
            seats: { id: `seats-${index}`, cidr: part("10.0.0.0/12", 27, index) },
            workers: { id: `workers-${index}`, cidr: part("10.0.0.0/12", 20, index + 1) },
          },
        ]),
      );
      const optional = fc.record({
        image: maybe(
          fc
            .constantFrom("flatcar", "debian", "ubuntu")
            .map((os) => ({ os, names: { amd64: `${os}-1`, arm64: `${os}-1-arm64` }, project: "images-1" })),
        ),
        network: maybe(
          fc.oneof(
            fc.boolean().map((flowLogs) => ({ flowLogs })),
            fc.constantFrom({ vpc: "kept", subnets }, { vpc: "shared", host: "host-project", subnets }),
          ),
        ),
        accounts: maybe(fc.constant({ etcd: account("etcd"), masters: account("masters"), workers: account("workers") })),
        keys: maybe(fc.constantFrom({ store: key("store") }, { secrets: key("secrets"), volumes: key("volumes") })),
        dnsZone: maybe(fc.constant({ id: "k8s", name: "k8s.example.com" })),
        alarms: maybe(fc.constant({ channel: `projects/${project}/notificationChannels/1` })),
      });
      return optional.map((more) => said({ cloud: "google", project, region: name, zones, ...more }) as GooglePlacement);
    });
}

/** Machines by name have other names there, and pools are of one type and one kind. */
function machine<T extends { size?: unknown; architecture?: string | undefined }>(one: T): T {
  const named = one.architecture === "arm64" ? "c4a-standard-4" : "n2-standard-4";
  return typeof one.size === "string" ? { ...one, size: named } : one;
}

function onGoogle(environment: Environment, placed: GooglePlacement): Environment {
  const { cluster } = environment;
  const pools = Object.entries(cluster.workers).map(([name, pool]) => {
    const spotPercent = (pool.spotPercent ?? 0) > 50 && pool.min === 0 ? 100 : 0;
    return [name, { ...machine(pool), spotPercent, alternatives: [] }];
  });
  return {
    ...environment,
    cluster: {
      ...cluster,
      name: cluster.name.replace("google", "orchard"),
      placement: cluster.access?.api === "public" ? { dnsZone: { id: "k8s", name: "k8s.example.com" }, ...placed } : placed,
      etcd: machine(cluster.etcd ?? {}),
      masters: machine(cluster.masters ?? {}),
      workers: Object.fromEntries(pools) as Cluster["workers"],
    },
  };
}

/** The valid environments of `arbitrary.ts`, on Google Cloud. A pool with spot capacity alone starts from nothing there, as it has no alternatives. */
export const googleEnvironments: fc.Arbitrary<Environment> = environments.chain((environment) =>
  placement(Math.min(4, environment.cluster.placement.zones.length)).map((placed) => onGoogle(environment, placed)),
);
