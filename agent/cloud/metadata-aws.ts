import { awsMetadata } from "../store/credentials-aws";
import { exchange } from "../store/exchange";
import type { Metadata } from "./cloud";

const patienceMs = 5_000;
const sessionSeconds = 3_600;

/** EC2's metadata service, version 2, with a session that is renewed in time. */
export function awsMetadataService(base: string = awsMetadata, monotonic: () => number = () => performance.now()): Metadata {
  let session: { readonly token: string; readonly until: number } | undefined;
  return async (path) => {
    if (session === undefined || monotonic() > session.until) {
      const headers = { "x-aws-ec2-metadata-token-ttl-seconds": String(sessionSeconds) };
      const answer = await exchange({ method: "PUT", url: new URL("/latest/api/token", base), headers, patienceMs });
      if (answer.kind === "unanswered" || answer.status !== 200)
        return { kind: "unknown", reason: `metadata session: ${answer.kind === "unanswered" ? answer.reason : answer.status}` };
      session = { token: answer.text, until: monotonic() + (sessionSeconds * 1000) / 2 };
    }
    const headers = { "x-aws-ec2-metadata-token": session.token };
    const answer = await exchange({ method: "GET", url: new URL(`/latest/meta-data/${path}`, base), headers, patienceMs });
    if (answer.kind === "unanswered") return { kind: "unknown", reason: `metadata ${path}: ${answer.reason}` };
    if (answer.status === 200) return { kind: "known", value: answer.text.trim() };
    if (answer.status === 404) return { kind: "known", value: undefined };
    if (answer.status === 401) session = undefined;
    return { kind: "unknown", reason: `metadata ${path}: ${answer.status}` };
  };
}
