import type { NodePlatform } from "../../node/platform";
import { names } from "../../spec/names";
import { apiAddress } from "../../spec/subnets";
import { zonesOf } from "../../spec/zones";
import { operatingSystem } from "./images";
import { domainOf } from "./partition";
import type { AwsSpec } from "./spec";

/** What the software on a machine must know of AWS. */
export function node(spec: AwsSpec): NodePlatform {
  const { region, keys } = spec.placement;
  const store = `s3.${region}.${domainOf(region)}`;
  return {
    platform: "aws",
    os: operatingSystem(spec),
    store: {
      kind: "s3",
      bucket: names.store(spec),
      region,
      endpoint: `https://${store}`,
      secretsKey: keys?.secrets ?? names.keyAlias(spec, "secrets"),
    },
    bypass: [metadata, timeService, ...(hasPrivateEndpoints(spec) ? [`.${region}.${domainOf(region)}`] : [store, `.${store}`])],
    timeServers: [timeService],
    // Asked for when it is needed: rules look at the rest of a spec whose zones are wrong.
    get api() {
      return api(spec);
    },
    cloudProvider: "external",
    // The machine's group brings the next one.
    giveUp: "poweroff",
  };
}

/** AWS names a network load balancer below one name for all of a region: https://docs.aws.amazon.com/general/latest/gr/elb.html */
function api(spec: AwsSpec): NodePlatform["api"] {
  const { region, dnsZone } = spec.placement;
  const addresses = spec.access.api === "internal" ? zonesOf(spec).map((zone) => apiAddress(zone.seats)) : [];
  const own = dnsZone === undefined ? [] : [apiName(spec, dnsZone.name)];
  return { addresses, names: [...own, `*.elb.${region}.${domainOf(region)}`] };
}

/** `api.orchard.k8s.example.com` */
export const apiName = (spec: AwsSpec, zone: string): string => `${names.api(spec)}.${zone}`;

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html */
const metadata = "169.254.169.254";
/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-ec2-ntp.html */
const timeService = "169.254.169.123";

/** S3 is always reached inside the network; the other APIs where the network has endpoints for them, and else through the proxy. */
function hasPrivateEndpoints({ placement }: AwsSpec): boolean {
  const { network } = placement;
  if (network !== undefined && "vpc" in network) return network.endpoints !== undefined;
  return network?.endpoints ?? true;
}
