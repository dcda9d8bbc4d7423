import * as z from "zod";
import { cidr } from "./cidr-shape";
import { defaults } from "./defaults";
import { text } from "./shapes";
import { operatingSystems } from "./versions";

const arn = (service: string, example: string) =>
  text(new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]*:\\d{12}:.+$`), `is an ARN of ${service}`, example);

const zone = text(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "is an availability zone", "eu-central-1a");
const subnetId = text(/^subnet-[0-9a-f]{8,17}$/, "is the id of a subnet", "subnet-0123456789abcdef0");
const block = z.strictObject({ id: subnetId, cidr });

const newNetwork = z.strictObject({
  /** How private machines reach the internet: a NAT gateway per zone survives the loss of a zone; one costs a third. */
  nat: z.enum(["per-zone", "single"]).default(defaults.aws.nat),
  /** Private endpoints of the cloud's APIs, so that a repair needs no internet. */
  endpoints: z.boolean().default(defaults.aws.endpoints),
  flowLogDays: z
    .literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], "is a retention that CloudWatch knows")
    .default(defaults.aws.flowLogDays)
    .meta({ example: defaults.aws.flowLogDays }),
});

/** A VPC that somebody else keeps: its routes, NAT, endpoints and flow logs are theirs. */
const existingNetwork = z.strictObject({
  vpc: text(/^vpc-[0-9a-f]{8,17}$/, "is the id of a VPC", "vpc-0123456789abcdef0"),
  /** One entry a zone. Machines of the control plane have fixed addresses, so their subnets hold nothing else. */
  subnets: z.record(
    zone,
    z.strictObject({
      seats: block,
      workers: block,
      /** Only for a public API. */
      public: subnetId.optional(),
    }),
  ),
  /** Security group of the VPC's interface endpoints, where it has some; flows to the cloud's APIs then lead there. */
  endpoints: text(/^sg-[0-9a-f]{8,17}$/, "is the id of a security group", "sg-0123456789abcdef0").optional(),
});

const profile = text(/^[\w+=,.@-]{1,128}$/, "is the name of an instance profile", "cluster-workers");

/** The part of an environment that names AWS. */
export const awsPlacement = z.strictObject({
  cloud: z.literal("aws"),
  /** The account that this environment belongs to; the provider refuses any other. */
  account: text(/^\d{12}$/, "is a 12-digit account number", "111122223333"),
  region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, "is a region", "eu-central-1"),
  /** Append new zones at the end: a zone's subnets follow from its place in this list. */
  zones: z
    .array(zone)
    .min(1, "names at least one zone")
    .max(6, "names at most 6 zones")
    .meta({ example: ["eu-central-1a", "eu-central-1b", "eu-central-1c"] }),
  /** @default Flatcar stable, the version that facts.ts names */
  image: z
    .strictObject({
      os: z.enum(operatingSystems).meta({ example: "flatcar" }),
      /** Exact AMI names, one an architecture; never "the newest". */
      names: z
        .strictObject({
          amd64: text(/^[\w./ ()-]{3,128}$/, "is the exact name of an AMI", "image-1.0"),
          arm64: text(/^[\w./ ()-]{3,128}$/, "is the exact name of an AMI", "image-1.0-arm64"),
        })
        .partial(),
      owner: text(/^\d{12}$/, "is a 12-digit account number", "075585003325"),
    })
    .optional(),
  /** @default a new VPC over `cluster.network.nodes` */
  network: z
    .union([newNetwork, existingNetwork], "is a new network { nat, endpoints, flowLogDays } or an existing one { vpc, subnets, endpoints }")
    .optional(),
  /** Permissions boundary of every role that is made. */
  boundary: arn("iam", "arn:aws:iam::111122223333:policy/boundary").optional(),
  /** Instance profiles that somebody else keeps; the README lists what their roles must allow. @default one role a seat */
  profiles: z.strictObject({ etcd: profile, masters: profile, workers: profile }).optional(),
  /** Existing KMS keys. Their policies must admit the group's service role (see the README). @default new keys */
  keys: z
    .strictObject({
      store: arn("kms", "arn:aws:kms:eu-central-1:111122223333:key/1"),
      secrets: arn("kms", "arn:aws:kms:eu-central-1:111122223333:key/2"),
      volumes: arn("kms", "arn:aws:kms:eu-central-1:111122223333:key/3"),
    })
    .partial()
    .optional(),
  /** Hosted zone that gets `api.<cluster>`. */
  dnsZone: z
    .strictObject({
      id: text(/^Z[A-Z0-9]{4,31}$/, "is the id of a hosted zone", "Z0123456789ABCDEFGHIJ"),
      name: text(/^([a-z0-9-]+\.)+[a-z]{2,}$/, "is a domain name", "k8s.example.com"),
    })
    .optional(),
  /** SNS topic that alarms go to. @default no alarms */
  alarms: z.strictObject({ topic: arn("sns", "arn:aws:sns:eu-central-1:111122223333:on-call") }).optional(),
});
export type AwsPlacement = z.output<typeof awsPlacement>;
export type ExistingVpc = z.output<typeof existingNetwork>;
export type NewVpc = z.output<typeof newNetwork>;
