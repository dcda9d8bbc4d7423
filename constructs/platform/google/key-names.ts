import { names } from "../../spec/names";
import type { GoogleSpec } from "./spec";

/** What keys seal, each its own. */
export const purposes = ["store", "secrets", "volumes"] as const;
export type Purpose = (typeof purposes)[number];

/** `projects/example/locations/europe-west4/keyRings/coppice-orchard/cryptoKeys/secrets`: known before the key is there. */
export function keyName(spec: GoogleSpec, purpose: Purpose): string {
  const { project, region, keys } = spec.placement;
  return keys?.[purpose] ?? `projects/${project}/locations/${region}/keyRings/${names.keyRing(spec)}/cryptoKeys/${purpose}`;
}
