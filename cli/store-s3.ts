import { S3Client } from "@aws-sdk/client-s3";
import { S3Store } from "../agent/store/s3";
import { isSealed } from "../agent/store/sealed";
import type { Credentials } from "../agent/store/credentials";
import type { AwsCredentials } from "../agent/store/sigv4";
import type { Store } from "../agent/store/store";
import type { NodePlatform } from "../constructs/node/platform";

/** The caller's own credentials, wherever the AWS SDK finds them: environment, profile, single sign-on. */
export function ownCredentials(region: string): Credentials<AwsCredentials> {
  const { config } = new S3Client({ region });
  return { current: () => config.credentials(), drop: () => undefined };
}

/** The client of the agents, which reads the store's clock with every answer, with a person's credentials. */
export function openS3({ bucket, region, endpoint, secretsKey }: NodePlatform["store"]): Store {
  // As the SDKs and the aws command know it.
  const elsewhere = process.env["AWS_ENDPOINT_URL_S3"] ?? process.env["AWS_ENDPOINT_URL"];
  const sealedBy = (key: string): string | undefined => (isSealed(key) ? secretsKey : undefined);
  return new S3Store({ bucket, region, endpoint: elsewhere ?? endpoint, sealedBy }, ownCredentials(region));
}
