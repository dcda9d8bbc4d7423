import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { names } from "../../spec/names";
import type { Context } from "./context";
import type { NetworkIds, ZoneSubnets } from "./network";

/** APIs that a machine calls to come up, to be repaired and to be reached: without them a repair would need the internet. */
const interfaces = ["autoscaling", "ec2", "ec2messages", "elasticloadbalancing", "kms", "logs", "ssm", "ssmmessages", "sts"];

/** Private ways to the cloud's APIs. The one to S3 costs nothing and is always there; the others cost by zone and hour. */
export function endpoints(
  { stack, spec, placement }: Context,
  vpcId: string,
  zones: readonly ZoneSubnets[],
  routeTableIds: string[],
  wanted: boolean,
): Pick<NetworkIds, "storePrefixList" | "endpoints"> {
  const service = (name: string): string => `com.amazonaws.${placement.region}.${name}`;
  const toStore = new VpcEndpoint(stack, "endpoint-s3", {
    vpcId,
    serviceName: service("s3"),
    vpcEndpointType: "Gateway",
    routeTableIds,
    tags: { Name: names.of(spec, "s3") },
  });
  if (!wanted) return { storePrefixList: toStore.prefixListId };
  const group = new SecurityGroup(stack, "endpoints-firewall", {
    vpcId,
    name: names.of(spec, "endpoints"),
    description: "private endpoints of the cloud's APIs",
    tags: { Name: names.of(spec, "endpoints") },
  });
  for (const name of interfaces) {
    new VpcEndpoint(stack, `endpoint-${name}`, {
      vpcId,
      serviceName: service(name),
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      // Not the subnets of the seats: an endpoint there could be given the address of a seat.
      subnetIds: zones.map((zone) => zone.workers),
      securityGroupIds: [group.id],
      tags: { Name: names.of(spec, name) },
    });
  }
  return { storePrefixList: toStore.prefixListId, endpoints: group.id };
}
