import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import type { TerraformStack } from "cdktf";
import { desiredObjects } from "../desired";
import { agentFile, appliedKey, appliedText } from "../platform";
import { terraformText } from "../terraform-text";
import type { Context } from "./context";
import { variable } from "./variables";
import type { VsphereSpec } from "./spec";

/**
 * The store speaks S3, and the provider of AWS writes to it: nothing is asked of AWS itself. Who writes are variables,
 * `TF_VAR_store_access_key` and `TF_VAR_store_secret_key`: what AWS's own tools read may be who keeps the state.
 */
export function storeProvider(stack: TerraformStack, { placement: { store } }: VsphereSpec): void {
  new AwsProvider(stack, "store-api", {
    region: store.region,
    accessKey: variable(stack, "store_access_key", "who writes what the pipeline wants to the cluster store"),
    secretKey: variable(stack, "store_secret_key", "their secret", { sensitive: true }),
    endpoints: [{ s3: store.endpoint }],
    s3UsePathStyle: true,
    skipCredentialsValidation: true,
    skipMetadataApiCheck: "true",
    skipRegionValidation: true,
    skipRequestingAccountId: true,
  });
}

/** What the pipeline wants of the machines. The bucket is somebody else's, with its versions, its seals and its rights. */
export function store(context: Context): void {
  for (const [key, text] of Object.entries(desiredObjects(context))) desiredObject(context, key, text);
  new S3Object(context.stack, "desired-agent", {
    bucket: context.node.store.bucket,
    key: "desired/agent",
    source: `\${path.module}/${agentFile}`,
    sourceHash: context.agent,
    contentType: "application/json",
  });
  new S3Object(context.stack, appliedKey, {
    bucket: context.node.store.bucket,
    key: appliedKey,
    content: appliedText,
    contentType: "application/json",
  });
}

/** One object that the pipeline wants and machines read. Its key is constant, so that a new body never deletes what machines run. */
export function desiredObject({ stack, node }: Pick<Context, "stack" | "node">, key: string, text: string): void {
  new S3Object(stack, key.replace("/", "-"), {
    bucket: node.store.bucket,
    key,
    content: terraformText(text),
    contentType: "application/json",
  });
}
