import * as z from "zod";
import { address, cidr } from "./cidr-shape";
import { defaults } from "./defaults";
import { host, url } from "./host-shape";
import { intent } from "./intent";
import { awsPlacement } from "./placement-aws";
import { googlePlacement } from "./placement-google";
import { vspherePlacement } from "./placement-vsphere";
import { section, text, whole } from "./shapes";
import { architectures, kubernetesVersions, nearestKubernetes } from "./versions";

const seats = z.literal([1, 3, 5], "is 1, 3 or 5: an even number survives no more losses than one less").meta({ example: 3 });

/** A cloud-neutral size, for which the platform picks the smallest machine type that fits, or a machine type by its cloud's name. */
const machineSize = z
  .union(
    [
      z.strictObject({ cpus: whole(1, 128, "vCPUs"), memoryGiB: whole(1, 1024, "GiB") }),
      text(/^[a-z0-9][a-z0-9.-]{1,40}$/, "is a machine type", "m7i.large"),
    ],
    "is { cpus, memoryGiB } or a machine type",
  )
  .meta({ example: defaults.workers.size });
export type MachineSize = z.output<typeof machineSize>;

const architecture = z.enum(architectures).default(defaults.architecture).meta({ example: defaults.architecture });

/** As the kubelet takes it, without the prefixes that NodeRestriction keeps for itself. */
const labelKey = text(
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
  "is a label key: an optional DNS prefix with a slash, then up to 63 letters, digits, dashes, underscores and dots",
  "example.com/pool",
);
const labelValue = text(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/, "is a label value of at most 63 characters", "general");

const taint = z.strictObject({
  key: labelKey,
  value: labelValue.default(""),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).meta({ example: "NoSchedule" }),
});

/** Interchangeable machines; the autoscaler moves their number between `min` and `max`. */
const workerPool = z.strictObject({
  min: whole(0, 1000, "machines"),
  max: whole(1, 1000, "machines"),
  size: machineSize.default(defaults.workers.size),
  /** Further machine types that may stand in when the first has no capacity; above all for spot. @default none */
  alternatives: z
    .array(text(/^[a-z0-9][a-z0-9.-]{1,40}$/, "is a machine type", "m7i.xlarge"))
    .max(20, "names at most 20 machine types")
    .default([]),
  architecture,
  diskGiB: whole(20, 16384, "GiB").default(defaults.workers.diskGiB),
  /** Share of machines on spot capacity, in percent. @default none */
  spotPercent: whole(0, 100, "percent").default(0),
  labels: z.record(labelKey, labelValue).default({}),
  taints: z.array(taint).default([]),
});
export type WorkerPool = z.output<typeof workerPool>;

const proxyUrl = url(/^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/, "is http(s)://host, with an optional port", "http://proxy.example.com:3128");

/** HTTP proxy of every machine. Credentials do not belong here: they would be readable in user-data. */
const proxy = z.strictObject({
  http: proxyUrl,
  /** @default the HTTP one */
  https: proxyUrl.optional(),
  /** Names and blocks beyond the cluster's own that bypass the proxy. */
  bypass: z.array(text(/^[A-Za-z0-9.*/-]{1,253}$/, "is a host name, a domain or a block", ".example.com")).default([]),
});

/** People log in with tokens of this issuer; certificates are the way in for emergencies only. */
const oidc = z.strictObject({
  issuer: url(/^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[\w./~-]*)?$/, "is an https:// address", "https://login.example.com"),
  clientId: text(/^[\w.:/@-]{1,256}$/, "is a client id", "kubernetes"),
  usernameClaim: text(/^[\w.-]{1,64}$/, "is the name of a claim", "email").default(defaults.oidc.usernameClaim),
  groupsClaim: text(/^[\w.-]{1,64}$/, "is the name of a claim", "groups").default(defaults.oidc.groupsClaim),
  /** Before every user and group name, so that a token can never name `system:masters`. */
  prefix: text(/^[\w.-]{1,32}:$/, "is a word and a colon", "oidc:").default(defaults.oidc.prefix),
});

const window = z.strictObject({
  days: z
    .array(z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
    .min(1, "names at least one day")
    .meta({ example: ["sat"] }),
  /** UTC */
  from: text(/^([01]\d|2[0-3]):[0-5]\d$/, "is a time of day, UTC", "02:00"),
  hours: whole(1, 24, "hours"),
});

const timerFactor = "is a number above 0, and at most 1";

export const clusterShape = z.strictObject({
  /** DNS label, at most 20 characters: load-balancer names built from it must fit in 32. */
  name: text(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/, "is a DNS label of at most 20 characters that starts with a letter", "orchard"),
  placement: z.discriminatedUnion("cloud", [awsPlacement, googlePlacement, vspherePlacement]),
  kubernetes: z.enum(kubernetesVersions).meta({ nearest: nearestKubernetes }).default(defaults.kubernetes),
  network: section({
    /** Addresses of machines; cut into subnets per zone (see `subnets.ts`). Unused with an existing network. */
    nodes: cidr.default(defaults.network.nodes),
    pods: cidr.default(defaults.network.pods),
    services: cidr.default(defaults.network.services),
    /** DNS domain inside the cluster. */
    domain: text(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, "is a domain name", defaults.network.domain).default(
      defaults.network.domain,
    ),
    proxy: proxy.optional(),
    /** DNS servers of the machines. @default the cloud's */
    dns: z.array(address).max(3, "names at most 3 servers: resolvers read no more").default([]),
    /** Time servers. @default the cloud's */
    ntp: z.array(host).max(8, "names at most 8 servers").default([]),
  }),
  etcd: section({
    seats: seats.default(defaults.etcd.seats),
    size: machineSize.default(defaults.etcd.size),
    architecture,
    /** Room for the data, its archive, and scratch copies. */
    volumeGiB: whole(10, 1024, "GiB").default(defaults.etcd.volumeGiB),
    quotaGiB: whole(2, 8, "GiB").default(defaults.etcd.quotaGiB),
  }),
  masters: section({
    seats: seats.default(defaults.masters.seats),
    size: machineSize.default(defaults.masters.size),
    architecture,
  }),
  /** Pools by name, at most 12 characters: group names built from it must stay readable. */
  workers: z
    .record(text(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/, "is a DNS label of at most 12 characters", "general"), workerPool)
    .meta({ example: { general: { min: 2, max: 6 } } }),
  repair: section({
    /** How many workers of a pool may be replaced at once, in percent; at least one. */
    workersAtOncePercent: whole(1, 50, "percent").default(defaults.repair.workersAtOncePercent),
    /** When roll-outs and OS updates may disturb machines; repairs are never held back. @default always */
    windows: z.array(window).default([]),
    /** No repair and no roll-out before this instant: `2026-12-01T06:00:00Z`. A pause that cannot be forgotten. @default never paused */
    pausedUntil: z.iso.datetime("is an instant such as 2026-12-01T06:00:00Z").meta({ example: "2026-12-01T06:00:00Z" }).optional(),
    /** By what every timer of a repair is multiplied, so that a lab need not wait for them; their proportions stay. */
    timerFactor: z.number(timerFactor).gt(0, timerFactor).max(1, timerFactor).default(defaults.repair.timerFactor),
  }),
  access: section({
    /** Whether the API's load balancer has public addresses. */
    api: z.enum(["internal", "public"]).default("internal"),
    /** Who may open connections to the API besides the cluster itself. */
    from: z.array(cidr).default([]),
    oidc: oidc.optional(),
  }),
  addons: section({
    /** "none" keeps kube-proxy and lets somebody else bring the CNI. */
    cni: z.enum(["cilium", "calico", "antrea", "none"]).default(defaults.cni),
  }),
  segmentation: intent.prefault({}),
  /** Where artifacts come from instead of upstream; digests stay the same but for `builds`. @default upstream */
  mirror: url(
    /^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[\w.~-]+)*$/,
    "is an https:// address without a trailing slash",
    "https://mirror.example.com",
  ).optional(),
  /** Digests of files on the mirror that somebody has built in place of upstream's, by upstream's URL. @default upstream's own */
  builds: z
    .record(
      url(
        /^https:\/\/[A-Za-z0-9.-]+(\/[\w.~+-]+)+$/,
        "is the https:// address of a file",
        "https://dl.k8s.io/release/v1.35.4/bin/linux/amd64/kubelet",
      ),
      text(/^[0-9a-f]{64}$/, "is a SHA-256 digest of 64 lower-case hexadecimal digits", "0".repeat(64)),
    )
    .default({}),
  /** PEM certificates that every machine trusts besides its own bundle: a company's TLS interception or mirror. */
  trust: z
    .array(
      text(
        /^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n?$/,
        "is a PEM certificate",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
      ),
    )
    .default([]),
  /** Tags or labels of everything that takes them. */
  tags: z
    .record(
      text(/^[A-Za-z][\w.:/=+@-]{0,62}$/, "is a tag key of at most 63 characters", "owner"),
      text(/^[\w .:/=+@-]{0,63}$/, "is a tag value of at most 63 plain characters", "platform"),
    )
    .default({}),
  backup: section({
    everyMinutes: whole(1, 60, "minutes").default(defaults.backup.everyMinutes),
    keepHours: whole(1, 168, "hours").default(defaults.backup.keepHours),
    keepDays: whole(1, 365, "days").default(defaults.backup.keepDays),
  }),
});

/** What a person writes: required choices, and overrides of defaults. */
export type ClusterInput = z.input<typeof clusterShape>;
/** The complete description of one cluster: every field set. Plain data. */
export type ClusterSpec = z.output<typeof clusterShape>;
export type Placement = ClusterSpec["placement"];
/** A spec of which the cloud is known. */
export type SpecOn<Cloud extends Placement["cloud"]> = ClusterSpec & { placement: Extract<Placement, { cloud: Cloud }> };
export type HttpProxy = z.output<typeof proxy>;
export type Oidc = z.output<typeof oidc>;
