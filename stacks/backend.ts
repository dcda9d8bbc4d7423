import { GcsBackend, LocalBackend, S3Backend, type S3BackendConfig, type TerraformStack } from "cdktf";
import type { Backend } from "../constructs/spec/environment";

/** Where the state of a stack is: one object a stack, with the backend's own lock. The default would be a path of this computer. */
export function keepState(stack: TerraformStack, backend: Backend): void {
  const name = stack.node.id;
  switch (backend.type) {
    case "s3":
      new S3Backend(stack, {
        bucket: backend.bucket,
        key: `${name}/terraform.tfstate`,
        region: backend.region,
        encrypt: true,
        ...(backend.kmsKey === undefined ? {} : { kmsKeyId: backend.kmsKey }),
        ...(backend.endpoint === undefined ? {} : elsewhere(backend.endpoint)),
      });
      // An object beside the state instead of a DynamoDB table; cdktf 0.21 has no argument for it.
      stack.addOverride("terraform.backend.s3.use_lockfile", true);
      break;
    case "gcs":
      new GcsBackend(stack, { bucket: backend.bucket, prefix: name });
      break;
    case "local":
      new LocalBackend(stack, { path: `${backend.folder}/${name}.tfstate` });
      break;
  }
}

/** Nothing is asked of AWS itself. */
function elsewhere(s3: string): Partial<S3BackendConfig> {
  const skipped = {
    skipCredentialsValidation: true,
    skipMetadataApiCheck: true,
    skipRegionValidation: true,
    skipRequestingAccountId: true,
  };
  // Stores differ in the checksums that they know.
  return { endpoints: { s3 }, usePathStyle: true, skipS3Checksum: true, ...skipped };
}
