import * as z from "zod";
import { TemporaryCredentials, type Credentials } from "./credentials";
import { exchange } from "./exchange";

/** By its address, which needs no DNS. */
export const googleMetadata = "http://169.254.169.254";

const metadataPatienceMs = 5_000;
const accessToken = z.object({ access_token: z.string().min(1), expires_in: z.number() });

/**
 * The access token of the machine's service account.
 * @see https://cloud.google.com/compute/docs/access/authenticate-workloads
 */
export function machineToken(metadata: string = googleMetadata): Credentials<string> {
  return new TemporaryCredentials(async () => {
    const url = new URL("/computeMetadata/v1/instance/service-accounts/default/token", metadata);
    const answer = await exchange({ method: "GET", url, headers: { "metadata-flavor": "Google" }, patienceMs: metadataPatienceMs });
    if (answer.kind === "unanswered") throw new Error(`metadata token: ${answer.reason}`);
    if (answer.status !== 200) throw new Error(`metadata token: ${answer.status}`);
    const token = accessToken.parse(JSON.parse(answer.text));
    return { value: token.access_token, validMs: token.expires_in * 1000 };
  });
}
