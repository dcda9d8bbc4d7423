import type { Cidr } from "./cidr";
import { port } from "./ports";

export const everywhere: Cidr = "0.0.0.0/0";

/** A server given by address is one address; one given by name may be anywhere, for no firewall rule knows names. */
export function blockOf(server: string): Cidr {
  const name = server.replace(/^https?:\/\//, "").replace(/:\d+$/, "");
  return /^\d+\.\d+\.\d+\.\d+$/.test(name) ? `${name}/32` : everywhere;
}

export function portOf(url: string): number {
  const given = /:(\d+)$/.exec(url)?.[1];
  return given === undefined ? (url.startsWith("https:") ? port.https : 80) : Number(given);
}
