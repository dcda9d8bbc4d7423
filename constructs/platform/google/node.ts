import type { NodePlatform } from "../../node/platform";
import { names } from "../../spec/names";
import { apiAddress } from "../../spec/subnets";
import { zonesOf } from "../../spec/zones";
import { operatingSystem } from "./images";
import { keyName } from "./key-names";
import type { GoogleSpec } from "./spec";

/** Metadata and time, by the address that needs no DNS: https://cloud.google.com/compute/docs/instances/configure-ntp */
const metadata = "169.254.169.254";

/** What the software on a machine must know of Google Cloud. */
export function node(spec: GoogleSpec): NodePlatform {
  const { region, dnsZone } = spec.placement;
  return {
    platform: "google",
    os: operatingSystem(spec),
    store: {
      kind: "gcs",
      bucket: names.store(spec),
      region,
      endpoint: "https://storage.googleapis.com",
      secretsKey: keyName(spec, "secrets"),
    },
    bypass: [metadata, "metadata.google.internal", ".googleapis.com"],
    timeServers: [metadata],
    // Asked for when it is needed: rules look at the rest of a spec whose zones are wrong.
    get api() {
      return {
        addresses: spec.access.api === "internal" ? [balancerAddress(spec)] : [],
        names: dnsZone === undefined ? [] : [apiName(spec, dnsZone.name)],
      };
    },
    cloudProvider: "external",
    // The machine's group brings the next one.
    giveUp: "poweroff",
  };
}

/** The load balancer stands in one subnet and serves the region. */
export function balancerAddress(spec: GoogleSpec): string {
  const [first] = zonesOf(spec);
  if (!first) throw new Error("a placement without zones; readEnvironment() would have said so");
  return apiAddress(first.seats);
}

/** `api.orchard.k8s.example.com` */
export const apiName = (spec: GoogleSpec, zone: string): string => `${names.api(spec)}.${zone}`;
