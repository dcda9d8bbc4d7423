import type { Tls } from "../store/exchange";
import type { Place } from "./place";

/**
 * Whom to trust and as whom to speak, from files of this machine; one file may hold both certificate and key.
 * @throws Error that names the file which is not there
 */
export async function tlsFrom(place: Place, ca: string, cert: string, key: string): Promise<Tls> {
  const text = async (path: string): Promise<string> => {
    const found = await place.read(path);
    if (found === undefined) throw new Error(`${path} is not there`);
    return found;
  };
  return { ca: await text(ca), cert: await text(cert), key: await text(key) };
}
