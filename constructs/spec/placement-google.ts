import * as z from "zod";
import { cidr } from "./cidr-shape";
import { defaults } from "./defaults";
import { text } from "./shapes";
import { operatingSystems } from "./versions";

const project = text(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, "is the id of a project", "example-platform");
const name = /[a-z]([a-z0-9-]{0,61}[a-z0-9])?/.source;
const zone = text(/^[a-z]+(-[a-z]+)+\d{1,2}-[a-z]$/, "is a zone", "europe-west4-a");
const block = z.strictObject({ id: text(new RegExp(`^${name}$`), "is the name of a subnet", "machines"), cidr });
const key = (example: string) =>
  text(/^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/, "is the full name of a key", example);

const newNetwork = z.strictObject({
  /** Who talked to whom, in the project's logs, for as long as those are kept. */
  flowLogs: z.boolean().default(defaults.google.flowLogs),
});

/** A network that somebody else keeps, of this project or shared by another: its routes, NAT, DNS and flow logs are theirs. */
const existingNetwork = z.strictObject({
  vpc: text(new RegExp(`^${name}$`), "is the name of a network", "shared"),
  /** The project that shares it; firewall rules are made there. @default the placement's own */
  host: project.optional(),
  /** One entry a zone, of the region. Machines of the control plane have fixed addresses, so their subnets hold nothing else. */
  subnets: z.record(zone, z.strictObject({ seats: block, workers: block })),
});

const account = text(
  /^[a-z][a-z0-9-]{4,28}[a-z0-9]@[a-z][a-z0-9-]{4,28}[a-z0-9]\.iam\.gserviceaccount\.com$/,
  "is the e-mail address of a service account",
  "cluster-workers@example-platform.iam.gserviceaccount.com",
);
const imageName = (example: string) => text(new RegExp(`^${name}$`), "is the exact name of an image", example);

/** The part of an environment that names Google Cloud. */
export const googlePlacement = z.strictObject({
  cloud: z.literal("google"),
  /** The project that this environment belongs to. */
  project,
  region: text(/^[a-z]+(-[a-z]+)+\d{1,2}$/, "is a region", "europe-west4"),
  /** Append new zones at the end: a zone's subnets follow from its place in this list. */
  zones: z
    .array(zone)
    .min(1, "names at least one zone")
    .max(4, "names at most 4 zones: no region has more")
    .meta({ example: ["europe-west4-a", "europe-west4-b", "europe-west4-c"] }),
  /** @default Ubuntu LTS, the version that images.ts names */
  image: z
    .strictObject({
      os: z.enum(operatingSystems).meta({ example: "ubuntu" }),
      /** Exact names, one an architecture; never a family, which is "the newest". */
      names: z.strictObject({ amd64: imageName("image-1"), arm64: imageName("image-1-arm64") }).partial(),
      project: text(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, "is the id of a project", "ubuntu-os-cloud"),
    })
    .optional(),
  /** @default a new network over `cluster.network.nodes` */
  network: z.union([newNetwork, existingNetwork], "is a new network { flowLogs } or an existing one { vpc, host, subnets }").optional(),
  /** Service accounts that somebody else keeps; docs/google.md lists their rights. @default one a seat, and one for workers */
  accounts: z.strictObject({ etcd: account, masters: account, workers: account }).optional(),
  /** Existing keys of Cloud KMS; docs/google.md says whom they must admit. @default new keys */
  keys: z
    .strictObject({
      store: key("projects/example-platform/locations/europe-west4/keyRings/cluster/cryptoKeys/store"),
      secrets: key("projects/example-platform/locations/europe-west4/keyRings/cluster/cryptoKeys/secrets"),
      volumes: key("projects/example-platform/locations/europe-west4/keyRings/cluster/cryptoKeys/volumes"),
    })
    .partial()
    .optional(),
  /** Managed zone of Cloud DNS that gets `api.<cluster>`. */
  dnsZone: z
    .strictObject({
      id: text(new RegExp(`^${name}$`), "is the name of a managed zone", "k8s"),
      name: text(/^([a-z0-9-]+\.)+[a-z]{2,}$/, "is a domain name", "k8s.example.com"),
    })
    .optional(),
  /** Where alarms go. @default no alarms */
  alarms: z
    .strictObject({
      channel: text(
        /^projects\/[^/]+\/notificationChannels\/\d+$/,
        "is the full name of a notification channel",
        "projects/example-platform/notificationChannels/1234567890",
      ),
    })
    .optional(),
});
export type GooglePlacement = z.output<typeof googlePlacement>;
export type ExistingGoogleNetwork = z.output<typeof existingNetwork>;
export type NewGoogleNetwork = z.output<typeof newNetwork>;
