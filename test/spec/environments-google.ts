import type { Environment } from "../../constructs/spec/environment";
import { minimal } from "./environments";

const zones = ["europe-west4-a", "europe-west4-b", "europe-west4-c"];

/** What a person must say on Google Cloud, and nothing else. */
export const minimalOnGoogle: Environment = {
  ...minimal,
  cluster: { ...minimal.cluster, placement: { cloud: "google", project: "example-platform", region: "europe-west4", zones } },
  backend: { type: "gcs", bucket: "example-terraform-state", project: "example-platform", location: "europe-west4" },
};

const key = (purpose: string): string => `projects/example-platform/locations/europe-west4/keyRings/cluster/cryptoKeys/${purpose}`;
const account = (tier: string): string => `orchard-${tier}@example-platform.iam.gserviceaccount.com`;

/** Every field of the placement says something. */
export const fullOnGoogle: Environment = {
  ...minimalOnGoogle,
  cluster: {
    ...minimalOnGoogle.cluster,
    placement: {
      cloud: "google",
      project: "example-platform",
      region: "europe-west4",
      zones,
      image: { os: "debian", names: { amd64: "debian-13-v1", arm64: "debian-13-arm64-v1" }, project: "debian-cloud" },
      network: {
        vpc: "shared",
        host: "example-host",
        subnets: Object.fromEntries(
          zones.map((zone, index) => [
            zone,
            {
              seats: { id: `seats-${index}`, cidr: `10.20.0.${32 * index}/27` },
              workers: { id: `workers-${index}`, cidr: `10.20.${16 * (index + 1)}.0/20` },
            },
          ]),
        ),
      },
      accounts: { etcd: account("etcd"), masters: account("masters"), workers: account("workers") },
      keys: { store: key("store"), secrets: key("secrets"), volumes: key("volumes") },
      dnsZone: { id: "k8s", name: "k8s.example.com" },
      alarms: { channel: "projects/example-platform/notificationChannels/1234567890" },
    },
  },
};
