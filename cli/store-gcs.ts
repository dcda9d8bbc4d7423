import { Storage } from "@google-cloud/storage";
import type { Credentials } from "../agent/store/credentials";
import { GcsStore } from "../agent/store/gcs";
import { isSealed } from "../agent/store/sealed";
import type { Store } from "../agent/store/store";
import type { NodePlatform } from "../constructs/node/platform";

/** The caller's own token, wherever Google's library finds one: environment, `gcloud auth application-default login`, metadata. */
function ownToken(): Credentials<string> {
  const { authClient } = new Storage();
  return {
    current: async () => {
      const token = await authClient.getAccessToken();
      if (typeof token === "string") return token;
      throw new Error("Google's library found no credentials: gcloud auth application-default login");
    },
    drop: () => undefined,
  };
}

/** The client of the agents, which reads the store's clock with every answer, with a person's credentials. */
export function openGcs({ bucket, endpoint, secretsKey }: NodePlatform["store"], credentials = ownToken()): Store {
  // As the libraries and the gcloud command know it.
  const elsewhere = process.env["STORAGE_EMULATOR_HOST"];
  const sealedBy = (key: string): string | undefined => (isSealed(key) ? secretsKey : undefined);
  return new GcsStore({ bucket, endpoint: elsewhere ?? endpoint, sealedBy }, credentials);
}
