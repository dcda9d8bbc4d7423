import { VpcDhcpOptions } from "@cdktf/provider-aws/lib/vpc-dhcp-options";
import { VpcDhcpOptionsAssociation } from "@cdktf/provider-aws/lib/vpc-dhcp-options-association";
import { DataAwsPrefixList } from "@cdktf/provider-aws/lib/data-aws-prefix-list";
import { names } from "../../spec/names";
import type { ExistingVpc } from "../../spec/placement-aws";
import type { Context } from "./context";
import type { Keys } from "./keys";
import { newVpc } from "./vpc";

/** Subnets of one zone, by what lives in them. */
export interface ZoneSubnets {
  readonly name: string;
  readonly seats: string;
  readonly workers: string;
  /** Absent in an existing network that gives none. */
  readonly public?: string;
}

export interface NetworkIds {
  readonly vpc: string;
  readonly zones: readonly ZoneSubnets[];
  /** Addresses of S3, as firewall rules name them. */
  readonly storePrefixList: string;
  /** Security group of the private endpoints, where there are some. */
  readonly endpoints?: string;
}

/** The network that an environment asks for: an existing one as it is, or a new one. */
export function networkOf(context: Context, keys: Keys): NetworkIds {
  const wanted = context.placement.network;
  if (wanted !== undefined && "vpc" in wanted) return existingVpc(context, wanted);
  const network = newVpc(context, keys, wanted);
  resolver(context, network.vpc);
  return network;
}

function existingVpc({ stack, placement }: Context, wanted: ExistingVpc): NetworkIds {
  const storePrefixList = new DataAwsPrefixList(stack, "store-addresses", { name: `com.amazonaws.${placement.region}.s3` });
  const zones = placement.zones.map((name) => {
    const subnets = wanted.subnets[name];
    if (!subnets) throw new Error(`placement.network.subnets names no subnets of zone ${name}; readEnvironment() would have said so`);
    return {
      name,
      seats: subnets.seats.id,
      workers: subnets.workers.id,
      ...(subnets.public === undefined ? {} : { public: subnets.public }),
    };
  });
  return {
    vpc: wanted.vpc,
    zones,
    storePrefixList: storePrefixList.id,
    ...(wanted.endpoints === undefined ? {} : { endpoints: wanted.endpoints }),
  };
}

/** DNS and time servers of the company for everything that asks DHCP; machines get them in their user-data too. */
function resolver({ stack, spec }: Context, vpcId: string): void {
  const { dns, ntp } = spec.network;
  const timeServers = ntp.filter((server) => /^[\d.]+$/.test(server));
  if (dns.length === 0 && timeServers.length === 0) return;
  const options = new VpcDhcpOptions(stack, "resolver", {
    domainNameServers: dns.length > 0 ? dns : ["AmazonProvidedDNS"],
    ...(timeServers.length > 0 ? { ntpServers: timeServers.slice(0, 4) } : {}),
    tags: { Name: names.of(spec, "resolver") },
  });
  new VpcDhcpOptionsAssociation(stack, "resolver-of-vpc", { vpcId, dhcpOptionsId: options.id });
}
