import { Eip } from "@cdktf/provider-aws/lib/eip";
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { names } from "../../spec/names";
import { port } from "../../spec/ports";
import { apiAddress } from "../../spec/subnets";
import { zonesOf } from "../../spec/zones";
import { apiAlarm } from "./alarms";
import type { Context } from "./context";
import type { NetworkIds } from "./network";
import { apiName } from "./node";

export interface ApiAddress {
  /** Name under which clients find the API. */
  readonly host: string;
  readonly targetGroup: string;
}

/** The way to the API for clients outside of the cluster. Machines of the cluster go to the masters themselves. */
export function apiLoadBalancer(context: Context, network: NetworkIds, securityGroup: string): ApiAddress {
  const { stack, spec } = context;
  const balancer = new Lb(stack, "api-balancer", {
    name: names.of(spec, "api"),
    loadBalancerType: "network",
    internal: spec.access.api === "internal",
    securityGroups: [securityGroup],
    subnetMapping: addresses(context, network),
    // With one master in a zone, a client of another zone needs it.
    enableCrossZoneLoadBalancing: true,
    enableZonalShift: true,
    enableDeletionProtection: context.protect,
    tags: { Name: names.of(spec, "api") },
  });
  const targets = new LbTargetGroup(stack, "api-targets", {
    name: names.of(spec, "api"),
    vpcId: network.vpc,
    port: port.api,
    protocol: "TCP",
    targetType: "instance",
    // A master that opens a connection to itself through the balancer would otherwise see its own address and drop it.
    preserveClientIp: "false",
    deregistrationDelay: "30",
    connectionTermination: false,
    healthCheck: {
      protocol: "HTTPS",
      path: "/readyz",
      port: String(port.api),
      interval: 10,
      timeout: 6,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      matcher: "200",
    },
    // A master that is not ready keeps its open connections: watches go on while it drains.
    targetHealthState: [{ enableUnhealthyConnectionTermination: false, unhealthyDrainingInterval: 30 }],
    tags: { Name: names.of(spec, "api") },
  });
  new LbListener(stack, "api-listener", {
    loadBalancerArn: balancer.arn,
    port: port.api,
    protocol: "TCP",
    defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],
    tags: { Name: names.of(spec, "api") },
  });
  apiAlarm(context, balancer.arnSuffix, targets.arnSuffix);
  return { host: record(context, balancer) ?? balancer.dnsName, targetGroup: targets.arn };
}

/** A fixed address in every zone: private ones beside the seats, public ones bought for it. */
function addresses({ stack, spec }: Context, network: NetworkIds) {
  return zonesOf(spec).map((zone, index) => {
    const subnets = network.zones[index];
    if (spec.access.api === "internal") return { subnetId: subnets?.seats ?? "", privateIpv4Address: apiAddress(zone.seats) };
    const address = new Eip(stack, `api-${zone.name}-address`, { domain: "vpc", tags: { Name: names.of(spec, `api-${zone.name}`) } });
    return { subnetId: subnets?.public ?? "", allocationId: address.allocationId };
  });
}

function record({ stack, spec, placement }: Context, balancer: Lb): string | undefined {
  if (placement.dnsZone === undefined) return undefined;
  const name = apiName(spec, placement.dnsZone.name);
  new Route53Record(stack, "api-name", {
    zoneId: placement.dnsZone.id,
    name,
    type: "A",
    alias: { name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: false },
  });
  return name;
}
