import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { S3Object, type S3ObjectConfig } from "@cdktf/provider-aws/lib/s3-object";
import { conditionalOnly } from "../../spec/store-access";
import { desiredObjects } from "../desired";
import { agentFile, appliedKey, appliedText } from "../platform";
import { terraformText } from "../terraform-text";
import { dataLifecycle, type Context } from "./context";
import type { Keys } from "./keys";

/** Noncurrent versions are a way back from a mistaken overwrite; statuses are written often, so not for ever. */
const noncurrentDays = 30;

/** The bucket with compare-and-swap that machines meet in, and what the pipeline wants of them. */
export function store(context: Context, keys: Keys): void {
  const { stack, node } = context;
  const bucket = new S3Bucket(stack, "store-bucket", {
    bucket: node.store.bucket,
    forceDestroy: !context.protect,
    ...dataLifecycle(context),
  });
  new S3BucketPublicAccessBlock(stack, "store-public-access", {
    bucket: bucket.id,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  new S3BucketOwnershipControls(stack, "store-ownership", { bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" } });
  const versioning = new S3BucketVersioningA(stack, "store-versioning", {
    bucket: bucket.id,
    versioningConfiguration: { status: "Enabled" },
  });
  new S3BucketLifecycleConfiguration(stack, "store-lifecycle", {
    bucket: bucket.id,
    rule: [
      {
        id: "noncurrent-versions",
        status: "Enabled",
        filter: [{ prefix: "" }],
        noncurrentVersionExpiration: [{ noncurrentDays }],
        abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
        expiration: [{ expiredObjectDeleteMarker: true }],
      },
    ],
    dependsOn: [versioning],
  });
  const encryption = new S3BucketServerSideEncryptionConfigurationA(stack, "store-encryption", {
    bucket: bucket.id,
    rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keys.store }, bucketKeyEnabled: true }],
  });
  new S3BucketPolicy(stack, "store-policy", { bucket: bucket.id, policy: bucketPolicy(bucket.arn) });
  for (const [key, text] of Object.entries(desiredObjects(context))) {
    desiredObject(context, key, text, { kmsKeyId: keys.store, dependsOn: [versioning, encryption] });
  }
  new S3Object(stack, "desired-agent", {
    bucket: node.store.bucket,
    key: "desired/agent",
    source: `\${path.module}/${agentFile}`,
    sourceHash: context.agent,
    contentType: "application/json",
    kmsKeyId: keys.store,
    dependsOn: [versioning, encryption],
  });
  new S3Object(stack, appliedKey, {
    bucket: node.store.bucket,
    key: appliedKey,
    content: appliedText,
    contentType: "application/json",
    kmsKeyId: keys.store,
    dependsOn: [versioning, encryption],
  });
}

/** One object that the pipeline wants and machines read. Its key is constant, so that a new body never deletes what machines run. */
export function desiredObject(
  { stack, node }: Pick<Context, "stack" | "node">,
  key: string,
  text: string,
  more: Pick<S3ObjectConfig, "kmsKeyId" | "dependsOn"> = {},
): void {
  new S3Object(stack, key.replace("/", "-"), {
    bucket: node.store.bucket,
    key,
    content: terraformText(text),
    contentType: "application/json",
    ...more,
  });
}

function bucketPolicy(arn: string): string {
  const everyone = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [arn, `${arn}/*`] };
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "TlsOnly", ...everyone, Condition: { Bool: { "aws:SecureTransport": "false" } } },
      { Sid: "Tls12OrNewer", ...everyone, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
      {
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
        Sid: "CompareAndSwapOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:PutObject",
        Resource: conditionalOnly.map((objects) => `${arn}/${objects}`),
        // The parts of a multipart upload carry no condition; its completion does.
        Condition: { Null: { "s3:if-match": "true", "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
      },
    ],
  });
}
