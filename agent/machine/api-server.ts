import { port } from "../../constructs/spec/ports";
import type { Place } from "../pki/place";
import { exchange } from "../store/exchange";

const authorities = "/etc/kubernetes/pki/ca.crt";
const patienceMs = 3_000;

/** Whether this machine's API server serves, by its own word; anybody may ask. */
export async function isApiServerReady(place: Place): Promise<boolean> {
  return (await answerOf(place, "readyz")) === 200;
}

async function answerOf(place: Place, path: string): Promise<number | undefined> {
  const ca = await place.read(authorities);
  if (ca === undefined) return undefined;
  const url = new URL(`https://127.0.0.1:${port.api}/${path}`);
  const answer = await exchange({ method: "GET", url, tls: { ca }, patienceMs });
  return answer.kind === "answered" ? answer.status : undefined;
}
