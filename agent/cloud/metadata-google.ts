import { googleMetadata } from "../store/credentials-google";
import { exchange } from "../store/exchange";
import type { Metadata } from "./cloud";

const patienceMs = 5_000;

/** Compute Engine's metadata service. It answers only who says that it means to ask it. */
export function googleMetadataService(base: string = googleMetadata): Metadata {
  return async (path) => {
    const url = new URL(`/computeMetadata/v1/${path}`, base);
    const answer = await exchange({ method: "GET", url, headers: { "metadata-flavor": "Google" }, patienceMs });
    if (answer.kind === "unanswered") return { kind: "unknown", reason: `metadata ${path}: ${answer.reason}` };
    if (answer.status === 200) return { kind: "known", value: answer.text.trim() };
    if (answer.status === 404) return { kind: "known", value: undefined };
    return { kind: "unknown", reason: `metadata ${path}: ${answer.status}` };
  };
}
