import { StorageBucket } from "@cdktf/provider-google/lib/storage-bucket";
import { StorageBucketObject, type StorageBucketObjectConfig } from "@cdktf/provider-google/lib/storage-bucket-object";
import { desiredObjects } from "../desired";
import { agentFile, appliedKey, appliedText } from "../platform";
import { terraformText } from "../terraform-text";
import { dataLifecycle, type Context } from "./context";
import type { Keys } from "./keys";

/** Noncurrent versions are a way back from a mistaken overwrite; statuses are written often, so not for ever. */
const noncurrentDays = 30;

/** The bucket with compare-and-swap that machines meet in, and what the pipeline wants of them. */
export function store(context: Context, keys: Keys): StorageBucket {
  const { stack, node, placement } = context;
  const bucket = new StorageBucket(stack, "store-bucket", {
    name: node.store.bucket,
    location: placement.region,
    forceDestroy: !context.protect,
    // Rights by prefix need it: https://cloud.google.com/storage/docs/access-control/iam#conditions
    uniformBucketLevelAccess: true,
    publicAccessPrevention: "enforced",
    versioning: { enabled: true },
    // Versions are kept already, and a second time would be paid for twice.
    softDeletePolicy: { retentionDurationSeconds: 0 },
    lifecycleRule: [
      { condition: { daysSinceNoncurrentTime: noncurrentDays, withState: "ARCHIVED" }, action: { type: "Delete" } },
      { condition: { age: 1 }, action: { type: "AbortIncompleteMultipartUpload" } },
    ],
    encryption: { defaultKmsKeyName: keys.store },
    ...dataLifecycle(context),
    dependsOn: [...keys.before.store, ...keys.before.secrets],
  });
  for (const [key, text] of Object.entries(desiredObjects(context))) desiredObject(context, key, text, { dependsOn: [bucket] });
  new StorageBucketObject(stack, "desired-agent", {
    bucket: node.store.bucket,
    name: "desired/agent",
    source: `\${path.module}/${agentFile}`,
    // The provider compares MD5 of the file with that of the object, so it sees a new bundle by itself; this names it.
    metadata: { sha256: context.agent },
    contentType: "application/json",
    dependsOn: [bucket],
  });
  new StorageBucketObject(stack, appliedKey, {
    bucket: node.store.bucket,
    name: appliedKey,
    content: appliedText,
    contentType: "application/json",
    dependsOn: [bucket],
  });
  return bucket;
}

/** One object that the pipeline wants and machines read. Its key is constant, so that a new body never deletes what machines run. */
export function desiredObject(
  { stack, node }: Pick<Context, "stack" | "node">,
  key: string,
  text: string,
  more: Pick<StorageBucketObjectConfig, "dependsOn"> = {},
): void {
  new StorageBucketObject(stack, key.replace("/", "-"), {
    bucket: node.store.bucket,
    name: key,
    content: terraformText(text),
    contentType: "application/json",
    ...more,
  });
}
