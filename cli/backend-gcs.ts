import { Storage, type StorageOptions } from "@google-cloud/storage";
import type { Backend } from "../constructs/spec/environment";

type Gcs = Extract<Backend, { type: "gcs" }>;

/** What a bucket for state is like. Terraform's lock is an object in it. */
const form = {
  versioning: { enabled: true },
  iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: "enforced" },
} as const;

/**
 * A bucket for state: versioned, closed to the public, access by IAM alone. A bucket that is there is brought to this form.
 * @param options where the API is; for tests
 * @returns what was done, a line each
 */
export async function makeGcsBucket({ bucket, project, location }: Gcs, options: StorageOptions = {}): Promise<readonly string[]> {
  const storage = new Storage({ projectId: project, ...options });
  const [there] = await storage.bucket(bucket).exists();
  if (there) await storage.bucket(bucket).setMetadata(form);
  else await storage.createBucket(bucket, { location, ...form });
  return [
    there ? `gs://${bucket}: was there` : `gs://${bucket}: made in ${location}`,
    `gs://${bucket}: versioned, closed to the public, access by IAM alone`,
  ];
}
