import type { MachineIdentity } from "../../constructs/spec/store";
import { fileCredentials, instanceCredentials } from "./credentials-aws";
import { machineToken } from "./credentials-google";
import type { FileStore } from "./files";
import { GcsStore } from "./gcs";
import { S3Store } from "./s3";
import { isSealed } from "./sealed";
import type { Store } from "./store";

/** Beside machine.json; on platforms whose machines have no identity of their own. */
const credentialsFile = "/etc/coppice/store-credentials.json";

/** The store of this machine's cluster, with the identity that its platform gives it. */
export function openStore({ platform, store }: Pick<MachineIdentity, "platform" | "store">): Store & FileStore {
  const { bucket, region, endpoint, secretsKey } = store;
  const sealedBy = (key: string): string | undefined => (isSealed(key) ? secretsKey : undefined);
  if (store.kind === "gcs") return new GcsStore({ bucket, endpoint, sealedBy }, machineToken());
  const credentials = platform === "aws" ? instanceCredentials() : fileCredentials(credentialsFile);
  return new S3Store({ bucket, region, endpoint, sealedBy }, credentials);
}
