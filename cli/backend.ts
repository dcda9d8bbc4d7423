import type { Backend } from "../constructs/spec/environment";
import { readEnvironments } from "../stacks/synthesize";
import { makeGcsBucket } from "./backend-gcs";
import { makeS3Bucket } from "./backend-s3";

/**
 * Makes what an environment's backend needs.
 * @returns what was done, a line each
 * @throws InvalidEnvironment, or the cloud's own error with what to do
 */
export async function backend(name: string): Promise<readonly string[]> {
  const environment = readEnvironments([name])[name];
  if (!environment) throw new Error(`there is no environments/${name}.ts`);
  return make(environment.backend);
}

async function make(wanted: Backend): Promise<readonly string[]> {
  switch (wanted.type) {
    case "s3":
      if (wanted.endpoint !== undefined)
        return [`${wanted.endpoint}/${wanted.bucket} is somebody else's: it must be there, keep versions, and take writes with conditions`];
      return makeS3Bucket(wanted);
    case "gcs":
      return makeGcsBucket(wanted);
    case "local":
      return [`${wanted.folder}: a local backend needs nothing made`];
  }
}
