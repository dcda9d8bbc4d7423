import { readFile } from "node:fs/promises";
import * as z from "zod";
import { TemporaryCredentials, type Credentials } from "./credentials";
import { exchange, type Ask } from "./exchange";
import type { AwsCredentials } from "./sigv4";

/** Addresses of the metadata of a machine; the lab and tests give their own. */
export const awsMetadata = "http://169.254.169.254";

const metadataPatienceMs = 5_000;

const roleCredentials = z.object({
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  Token: z.string().min(1),
  Expiration: z.iso.datetime(),
});

/**
 * The credentials of the instance's role, from version 2 of the metadata service.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
 */
export function instanceCredentials(metadata: string = awsMetadata): Credentials<AwsCredentials> {
  return new TemporaryCredentials(async () => {
    const session = await said(metadata, {
      method: "PUT",
      path: "api/token",
      headers: { "x-aws-ec2-metadata-token-ttl-seconds": "300" },
    });
    const headers = { "x-aws-ec2-metadata-token": session };
    const path = "meta-data/iam/security-credentials/";
    const role = (await said(metadata, { method: "GET", path, headers })).trim();
    const found = roleCredentials.parse(JSON.parse(await said(metadata, { method: "GET", path: `${path}${role}`, headers })));
    return {
      value: { accessKeyId: found.AccessKeyId, secretAccessKey: found.SecretAccessKey, sessionToken: found.Token },
      validMs: Date.parse(found.Expiration) - Date.now(),
    };
  });
}

async function said(metadata: string, { path, ...ask }: Pick<Ask, "method" | "headers"> & { path: string }): Promise<string> {
  const answer = await exchange({ ...ask, url: new URL(`/latest/${path}`, metadata), patienceMs: metadataPatienceMs });
  if (answer.kind === "answered" && answer.status === 200) return answer.text;
  throw new Error(`metadata ${path}: ${answer.kind === "answered" ? answer.status : answer.reason}`);
}

/** `/etc/coppice/store-credentials.json` */
const staticCredentials = z.strictObject({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) });

/** The credentials of an S3-compatible store, from a file that is read again for every request: a new one needs no restart. */
export function fileCredentials(path: string): Credentials<AwsCredentials> {
  return {
    current: async () => {
      const parsed = staticCredentials.safeParse(JSON.parse(await readFile(path, "utf8")));
      if (parsed.success) return parsed.data;
      throw new Error(`${path} does not hold accessKeyId and secretAccessKey, and nothing else`);
    },
    drop: () => undefined,
  };
}
