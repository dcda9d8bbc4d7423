import {
  CreateBucketCommand,
  HeadBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  S3ServiceException,
  type BucketLocationConstraint,
} from "@aws-sdk/client-s3";
import { partitionOf } from "../constructs/platform/aws/partition";
import type { Backend } from "../constructs/spec/environment";

type S3 = Extract<Backend, { type: "s3" }>;

/** The one region that CreateBucket knows by saying nothing. */
const unnamedRegion = "us-east-1";

/**
 * A bucket for state: versioned, encrypted, closed to the public, TLS only. The lock is an object in it, so there is no
 * table. Every step can be repeated: a bucket that is there is brought to this form.
 * @returns what was done, a line each
 */
export async function makeS3Bucket({ bucket, region, kmsKey }: S3): Promise<readonly string[]> {
  const client = new S3Client({ region });
  const made = await createUnlessThere(client, bucket, region);
  const Bucket = bucket;
  await client.send(
    new PutPublicAccessBlockCommand({
      Bucket,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    }),
  );
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  await client.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", ...(kmsKey === undefined ? {} : { KMSMasterKeyID: kmsKey }) },
            BucketKeyEnabled: true,
          },
        ],
      },
    }),
  );
  await client.send(new PutBucketPolicyCommand({ Bucket, Policy: tlsOnly(`arn:${partitionOf(region)}:s3:::${bucket}`) }));
  return [
    made ? `s3://${bucket}: made in ${region}` : `s3://${bucket}: was there`,
    `s3://${bucket}: versioned, encrypted, closed to the public, TLS only`,
  ];
}

async function createUnlessThere(client: S3Client, bucket: string, region: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
    return false;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    const status = error.$metadata.httpStatusCode;
    if (status === 403 || status === 301) {
      throw new Error(
        `s3://${bucket} belongs to another account or lies in another region than ${region}; choose another backend.bucket, or correct backend.region`,
        {
          cause: error,
        },
      );
    }
    if (status !== 404) throw error;
  }
  await client.send(
    new CreateBucketCommand({
      Bucket: bucket,
      ...(region === unnamedRegion ? {} : { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }),
    }),
  );
  return true;
}

function tlsOnly(arn: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}
