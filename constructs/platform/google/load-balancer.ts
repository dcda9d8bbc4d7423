import { ComputeAddress } from "@cdktf/provider-google/lib/compute-address";
import { ComputeForwardingRule } from "@cdktf/provider-google/lib/compute-forwarding-rule";
import type { ComputeInstanceGroupManager } from "@cdktf/provider-google/lib/compute-instance-group-manager";
import { ComputeRegionBackendService } from "@cdktf/provider-google/lib/compute-region-backend-service";
import { ComputeRegionHealthCheck } from "@cdktf/provider-google/lib/compute-region-health-check";
import { DnsRecordSet } from "@cdktf/provider-google/lib/dns-record-set";
import { names } from "../../spec/names";
import { port } from "../../spec/ports";
import type { Context } from "./context";
import type { NetworkIds } from "./network";
import { apiName, balancerAddress } from "./node";

/** The fixed address of the way to the API; there before the balancer, as the firewall names it. */
export interface Balancer {
  readonly address: string;
  readonly id: string;
}

export function balancerOf({ stack, spec, placement }: Context, network: NetworkIds): Balancer {
  const internal = spec.access.api === "internal";
  const address = new ComputeAddress(stack, "api-address", {
    name: names.of(spec, "api"),
    description: `${spec.name}: address of the API`,
    region: placement.region,
    ...(internal
      ? { addressType: "INTERNAL", address: balancerAddress(spec), subnetwork: network.zones[0]?.seats ?? "" }
      : { addressType: "EXTERNAL" }),
  });
  return { address: internal ? balancerAddress(spec) : address.address, id: address.id };
}

/**
 * The way to the API for clients outside of the cluster. It passes packets through as they are, so that the firewall sees
 * who sends them; a master that called it would always answer itself, and machines of the cluster never do.
 */
export function apiLoadBalancer(context: Context, network: NetworkIds, balancer: Balancer, groups: ComputeInstanceGroupManager[]): string {
  const { stack, spec, placement } = context;
  const internal = spec.access.api === "internal";
  const health = new ComputeRegionHealthCheck(stack, "api-health", {
    name: names.of(spec, "api"),
    description: `whether an API server of ${spec.name} is ready`,
    region: placement.region,
    checkIntervalSec: 10,
    timeoutSec: 6,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
    httpsHealthCheck: { port: port.api, requestPath: "/readyz" },
  });
  const scheme = internal ? "INTERNAL" : "EXTERNAL";
  const service = new ComputeRegionBackendService(stack, "api-service", {
    name: names.of(spec, "api"),
    region: placement.region,
    protocol: "TCP",
    loadBalancingScheme: scheme,
    healthChecks: [health.id],
    // A master that is not ready keeps its open connections: watches go on while it drains.
    connectionDrainingTimeoutSec: 30,
    backend: groups.map((group) => ({ group: group.instanceGroup, balancingMode: "CONNECTION" })),
  });
  new ComputeForwardingRule(stack, "api-balancer", {
    name: names.of(spec, "api"),
    region: placement.region,
    loadBalancingScheme: scheme,
    backendService: service.id,
    ipProtocol: "TCP",
    ipAddress: balancer.id,
    ports: [String(port.api)],
    ...(internal
      ? // Clients of other regions too; who may open connections, the firewall says.
        { network: network.vpc, subnetwork: network.zones[0]?.seats ?? "", allowGlobalAccess: true }
      : {}),
  });
  return record(context, balancer) ?? balancer.address;
}

function record({ stack, spec, placement }: Context, { address }: Balancer): string | undefined {
  if (placement.dnsZone === undefined) return undefined;
  const name = apiName(spec, placement.dnsZone.name);
  new DnsRecordSet(stack, "api-name", { managedZone: placement.dnsZone.id, name: `${name}.`, type: "A", ttl: 60, rrdatas: [address] });
  return name;
}
