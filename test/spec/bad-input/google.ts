import { at } from "../../../constructs/spec/rules/rule";
import { minimalOnGoogle } from "../environments-google";
import { remove, set, type Row } from "./row";

const rows: readonly Omit<Row, "on">[] = [
  {
    changes: [set(at("placement", "project"), "Example Platform")],
    says: ["cluster.placement.project", "is the id of a project", 'use "example-platform"'],
  },
  { changes: [remove(at("placement", "project"))], says: ["cluster.placement.project", "is required", 'for example "example-platform"'] },
  {
    changes: [set(at("placement", "account"), "111122223333")],
    says: ["cluster.placement.account", "is no field of cluster.placement", "did you mean accounts?"],
  },
  {
    changes: [set(at("placement", "region"), "Eemshaven")],
    says: ["cluster.placement.region", "is a region", 'for example "europe-west4"'],
  },
  {
    changes: [set(at("placement", "region"), "europe-west5")],
    says: ["cluster.placement.region", "is a region of Google Cloud", "did you mean europe-west4?"],
  },
  {
    changes: [
      set(at("placement", "region"), "europe-west1"),
      set(at("placement", "zones"), ["europe-west1-a", "europe-west1-b", "europe-west1-c"]),
    ],
    says: ["cluster.placement.zones[0]", "is a zone of europe-west1", 'use "europe-west1-d"'],
  },
  {
    changes: [set(at("placement", "zones"), ["europe-west4-a", "europe-west4-b"])],
    says: [
      "cluster.etcd.seats",
      "puts fewer than 2 of 3 seats into one zone: etcd must outlive the zone",
      "name 3 zones in placement.zones, or use 1",
    ],
  },
  {
    changes: [set(at("access"), { api: "public", from: ["203.0.113.0/24"] })],
    says: [
      "cluster.placement.dnsZone",
      "is required where access.api is public: its name is what the API is certified by",
      "name a managed zone",
    ],
  },
  {
    changes: [set(at("placement", "keys"), { store: "projects/example-platform/locations/global/keyRings/r/cryptoKeys/k" })],
    says: ["cluster.placement.keys.store", "lies in the region of the placement, europe-west4", "leave it out"],
  },
  {
    changes: [set(at("placement", "keys"), { store: "projects/example-platform/keys/store" })],
    says: ["cluster.placement.keys.store", "is the full name of a key", "leave it out"],
  },
  {
    changes: [set(at("placement", "alarms"), { channel: "on-call" })],
    says: [
      "cluster.placement.alarms.channel",
      "is the full name of a notification channel",
      'for example "projects/example-platform/notificationChannels…',
    ],
  },
  {
    changes: [set(at("placement", "network"), { flowLog: true })],
    says: ["cluster.placement.network.flowLog", "is no field of cluster.placement.network", "did you mean flowLogs?"],
  },
  {
    changes: [set(at("placement", "image"), { os: "ubuntu", names: { arm64: "ubuntu-arm64" }, project: "ubuntu-os-cloud" })],
    says: [
      "cluster.placement.image.names",
      "names an image for every architecture in use: amd64",
      "name one for amd64, or leave placement.image out",
    ],
  },
  {
    changes: [set(at("etcd", "size"), "n4-standard-3")],
    says: ["cluster.etcd.size", "is a machine type of Google Cloud", "did you mean n4-standard-2?"],
  },
  {
    changes: [set(at("masters", "size"), "m7i.large")],
    says: ["cluster.masters.size", "is a machine type of Google Cloud", "leave it out"],
  },
  {
    changes: [set(at("etcd", "size"), "c4a-standard-2")],
    says: ["cluster.etcd.size", "is a machine type for amd64, the architecture here", 'use architecture "arm64"'],
  },
  {
    changes: [set(at("masters"), { size: { cpus: 96, memoryGiB: 128 }, architecture: "arm64" })],
    says: ["cluster.masters.size", "fits a machine type for arm64", 'use {"cpus":72,"memoryGiB":128}'],
  },
  {
    changes: [set(at("workers", "general", "spotPercent"), 50)],
    says: [
      "cluster.workers.general.spotPercent",
      "is 0 or 100: a group of Google's has one kind of capacity",
      "make two pools of it, or use 0",
    ],
  },
  {
    changes: [set(at("workers", "general", "alternatives"), ["n4-standard-8"])],
    says: [
      "cluster.workers.general.alternatives",
      "is left out: a zone's group of Google's has one machine type",
      "make a pool of each, or leave them out",
    ],
  },
  {
    changes: [set(at("name"), "my-google-cluster")],
    says: ["cluster.name", "does not hold the word google: its bucket could not be called so", 'use "my-g-cluster"'],
  },
  {
    changes: [set(at("tags"), { Owner: "Platform Team" })],
    says: ["cluster.tags.Owner", "becomes a label, of small letters, digits, dashes and underscores", 'use owner: "platform-team"'],
  },
  {
    changes: [set(at("tags"), { "goog-owner": "platform" })],
    says: ["cluster.tags.goog-owner", "does not start with goog-, which Google keeps for itself", "leave it out"],
  },
  {
    changes: [set(at("tags"), Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`tag${index}`, "x"])))],
    says: ["cluster.tags", "holds at most 50 tags: Google takes 64 labels, and some are the cluster's own", "keep the first 50"],
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
  {
    changes: [set(["backend", "bucket"], "coppice-orchard-example-platform")],
    says: [
      "backend.bucket",
      "is another bucket than the cluster's store, which its machines write to",
      'use "terraform-orchard-example-platform"',
    ],
  },
];

/** What only an environment on Google Cloud can get wrong, and what it gets wrong as others do. */
export const google: readonly Row[] = rows.map((row) => ({ on: minimalOnGoogle, ...row }));
