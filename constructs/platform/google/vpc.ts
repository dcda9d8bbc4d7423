import { ComputeNetwork } from "@cdktf/provider-google/lib/compute-network";
import { ComputeRouter } from "@cdktf/provider-google/lib/compute-router";
import { ComputeRouterNat } from "@cdktf/provider-google/lib/compute-router-nat";
import { ComputeSubnetwork } from "@cdktf/provider-google/lib/compute-subnetwork";
import { DnsManagedZone } from "@cdktf/provider-google/lib/dns-managed-zone";
import { DnsRecordSet } from "@cdktf/provider-google/lib/dns-record-set";
import { hostOf, sizeOf } from "../../spec/cidr";
import { defaults } from "../../spec/defaults";
import { names } from "../../spec/names";
import type { NewGoogleNetwork } from "../../spec/placement-google";
import { zoneBlocks } from "../../spec/subnets";
import type { Context } from "./context";
import { privateApis } from "./firewall";
import type { NetworkIds, ZoneSubnets } from "./network";

/** A network of the cluster's own: private machines in subnets for each zone, with a way out and none in. */
export function newVpc(context: Context, wanted: NewGoogleNetwork = { ...defaults.google }): NetworkIds {
  const { stack, spec, placement } = context;
  const { id: network } = new ComputeNetwork(stack, "network", {
    name: names.of(spec, "vpc"),
    autoCreateSubnetworks: false,
    routingMode: "REGIONAL",
  });
  const zones = placement.zones.map((zone, index) => zoneSubnets(context, network, zone, index, wanted));
  const router = new ComputeRouter(stack, "router", { name: names.of(spec, "router"), network, region: placement.region });
  new ComputeRouterNat(stack, "nat", {
    name: names.of(spec, "nat"),
    router: router.name,
    region: placement.region,
    natIpAllocateOption: "AUTO_ONLY",
    sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
    logConfig: { enable: true, filter: "ERRORS_ONLY" },
  });
  apis(context, network);
  return { vpc: network, project: placement.project, zones };
}

function zoneSubnets(
  { stack, spec, placement }: Context,
  network: string,
  zone: string,
  index: number,
  wanted: NewGoogleNetwork,
): ZoneSubnets {
  const blocks = zoneBlocks(spec.network.nodes, index);
  const subnet = (purpose: "seats" | "workers"): string =>
    new ComputeSubnetwork(stack, `${purpose}-${zone}`, {
      name: names.of(spec, `${purpose}-${zone}`),
      network,
      region: placement.region,
      ipCidrRange: blocks[purpose],
      // The way to Google's APIs for machines without public addresses.
      privateIpGoogleAccess: true,
      ...(wanted.flowLogs
        ? { logConfig: { aggregationInterval: "INTERVAL_1_MIN", flowSampling: 1, metadata: "INCLUDE_ALL_METADATA" } }
        : {}),
    }).id;
  return { name: zone, seats: subnet("seats"), workers: subnet("workers") };
}

/**
 * Google's APIs under addresses that firewall rules can name.
 * @see https://cloud.google.com/vpc/docs/configure-private-google-access#config
 */
function apis({ stack, spec }: Context, networkUrl: string): void {
  const domain = "googleapis.com.";
  const zone = new DnsManagedZone(stack, "apis", {
    name: names.of(spec, "apis"),
    dnsName: domain,
    description: "Google's APIs by their private addresses",
    visibility: "private",
    privateVisibilityConfig: { networks: [{ networkUrl }] },
  });
  const record = { managedZone: zone.name, ttl: 300 };
  const target = `private.${domain}`;
  const addresses = Array.from({ length: sizeOf(privateApis) }, (_, index) => hostOf(privateApis, index));
  new DnsRecordSet(stack, "apis-addresses", { ...record, name: target, type: "A", rrdatas: addresses });
  new DnsRecordSet(stack, "apis-names", { ...record, name: `*.${domain}`, type: "CNAME", rrdatas: [target] });
}
