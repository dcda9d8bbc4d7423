import { port } from "../../constructs/spec/ports";
import { paths } from "../kubernetes/paths";
import type { Place } from "../pki/place";
import { isOk } from "../store/exchange";

const patienceMs = 3_000;

/** Whether this machine's API server serves, by its own word; anybody may ask. */
export async function isApiServerReady(place: Place): Promise<boolean> {
  const ca = await place.read(paths.authorities);
  return ca !== undefined && isOk(new URL(`https://127.0.0.1:${port.api}/readyz`), patienceMs, { ca });
}
