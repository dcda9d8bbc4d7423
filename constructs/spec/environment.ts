import * as z from "zod";
import { clusterShape } from "./cluster-spec";
import { url } from "./host-shape";
import { text } from "./shapes";

const bucket = text(
  /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
  "is a bucket name of 3 to 63 lower-case letters, digits and dashes",
  "example-terraform-state",
);

/** Where Terraform keeps its state. `npx coppice backend` makes the bucket. */
const backend = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("s3"),
    bucket,
    region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, "is a region", "eu-central-1"),
    /** Key that encrypts the state. @default the bucket's own default encryption */
    kmsKey: text(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:.+$/,
      "is the ARN of a KMS key",
      "arn:aws:kms:eu-central-1:111122223333:key/1",
    ).optional(),
    /** A store that speaks S3 and keeps to conditions; its bucket is somebody else's. @default AWS's own */
    endpoint: url(/^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/, "is https://host, with an optional port", "https://s3.example.com").optional(),
  }),
  z.strictObject({
    type: z.literal("gcs"),
    bucket,
    project: text(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, "is the id of a project", "example-platform"),
    /** Region, or `EU`, `US`, `ASIA` for several. */
    location: text(/^[A-Za-z][A-Za-z0-9-]{1,31}$/, "is a location of buckets", "europe-west1"),
  }),
  /** A folder on this computer: for trying things out, and for tests. */
  z.strictObject({ type: z.literal("local"), folder: text(/^[\w./-]+$/, "is a folder", "state") }),
]);

export const environmentShape = z.strictObject({
  cluster: clusterShape,
  backend,
  /** Whether what holds data (the store, etcd's volumes, keys) refuses to be destroyed. */
  protect: z.boolean().meta({ example: true }),
});

/** One file under `environments/`. */
export type Environment = z.input<typeof environmentShape>;
export type CompleteEnvironment = z.output<typeof environmentShape>;
export type Backend = CompleteEnvironment["backend"];
