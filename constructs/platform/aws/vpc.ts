import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { defaults } from "../../spec/defaults";
import { names } from "../../spec/names";
import type { NewVpc } from "../../spec/placement-aws";
import { zoneBlocks } from "../../spec/subnets";
import type { Context } from "./context";
import { endpoints } from "./endpoints";
import { flowLogs } from "./flow-logs";
import type { Keys } from "./keys";
import type { NetworkIds, ZoneSubnets } from "./network";

/** A network of the cluster's own: private machines over all zones, and public addresses for gateways only. */
export function newVpc(context: Context, keys: Keys, wanted: NewVpc = { ...defaults.aws }): NetworkIds {
  const { stack, spec, placement } = context;
  const vpc = new Vpc(stack, "network", {
    cidrBlock: spec.network.nodes,
    enableDnsSupport: true,
    enableDnsHostnames: true,
    tags: { Name: names.of(spec, "vpc") },
  });
  new DefaultSecurityGroup(stack, "closed", { vpcId: vpc.id });
  const gateway = new InternetGateway(stack, "internet", { vpcId: vpc.id, tags: { Name: names.of(spec, "internet") } });
  const publicRoutes = new RouteTable(stack, "public-routes", { vpcId: vpc.id, tags: { Name: names.of(spec, "public") } });
  new Route(stack, "public-default", { routeTableId: publicRoutes.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id });

  const zones = placement.zones.map((zone, index) => zoneSubnets(context, vpc.id, zone, index, publicRoutes.id));
  const nats = placement.zones.slice(0, wanted.nat === "single" ? 1 : undefined).map((zone, index) => {
    const address = new Eip(stack, `nat-${zone}-address`, {
      domain: "vpc",
      tags: { Name: names.of(spec, `nat-${zone}`) },
      dependsOn: [gateway],
    });
    return new NatGateway(stack, `nat-${zone}`, {
      allocationId: address.allocationId,
      subnetId: zones[index]?.public ?? "",
      tags: { Name: names.of(spec, `nat-${zone}`) },
      dependsOn: [gateway],
    });
  });
  const privateRoutes = zones.map((zone, index) => {
    const table = new RouteTable(stack, `private-${zone.name}-routes`, {
      vpcId: vpc.id,
      tags: { Name: names.of(spec, `private-${zone.name}`) },
    });
    const nat = nats[index] ?? nats[0];
    if (nat)
      new Route(stack, `private-${zone.name}-default`, { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id });
    for (const purpose of ["seats", "workers"] as const) {
      new RouteTableAssociation(stack, `${purpose}-${zone.name}-route`, { routeTableId: table.id, subnetId: zone[purpose] });
    }
    return table.id;
  });
  flowLogs(context, vpc.id, wanted.flowLogDays, keys);
  return { vpc: vpc.id, zones, ...endpoints(context, vpc.id, zones, privateRoutes, wanted.endpoints) };
}

function zoneSubnets({ stack, spec }: Context, vpcId: string, zone: string, index: number, publicRoutes: string): ZoneSubnets {
  const blocks = zoneBlocks(spec.network.nodes, index);
  const subnet = (purpose: keyof typeof blocks, tags: Record<string, string>): string =>
    new Subnet(stack, `${purpose}-${zone}`, {
      vpcId,
      availabilityZone: zone,
      cidrBlock: blocks[purpose],
      mapPublicIpOnLaunch: false,
      tags: { Name: names.of(spec, `${purpose}-${zone}`), ...tags },
    }).id;
  const member = { [`kubernetes.io/cluster/${spec.name}`]: "shared" };
  const subnets = {
    name: zone,
    seats: subnet("seats", {}),
    workers: subnet("workers", { ...member, "kubernetes.io/role/internal-elb": "1" }),
    public: subnet("public", { ...member, "kubernetes.io/role/elb": "1" }),
  };
  new RouteTableAssociation(stack, `public-${zone}-route`, { routeTableId: publicRoutes, subnetId: subnets.public });
  return subnets;
}
