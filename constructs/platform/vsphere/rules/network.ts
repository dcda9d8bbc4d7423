import { contains, holds, hostOf, part, prefixOf, sizeOf, type Cidr } from "../../../spec/cidr";
import { leaveOut, use, type Problem } from "../../../spec/problems";
import { at, type Sections } from "../../../spec/rules/rule";
import { etcdAddress, longestSeatsPrefix, masterAddress } from "../../../spec/subnets";
import type { Segment } from "../../../spec/placement-vsphere";
import { sharedAddress } from "../node";
import { vsphereRule, type VsphereSpec } from "../spec";

const inNetwork = (field: keyof Segment) => at("placement", "network", field);

export const seatsLength = vsphereRule("segment-seats-length", ["placement"], ({ placement: { network } }): Problem[] => {
  if (prefixOf(network.seats) <= longestSeatsPrefix) return [];
  const path = inNetwork("seats");
  const rule = `is a /${longestSeatsPrefix} or larger: seats have fixed places in it`;
  return [{ path, value: network.seats, rule, fix: use(path, freeIn(network, network.workers, longestSeatsPrefix)) }];
});

export const machinesInSegment = vsphereRule("machines-in-segment", ["placement"], ({ placement: { network } }) =>
  (["seats", "workers"] as const).flatMap((purpose): Problem[] => {
    const block = network[purpose];
    if (contains(network.cidr, block)) return [];
    const path = inNetwork(purpose);
    const other = network[purpose === "seats" ? "workers" : "seats"];
    const fix = use(path, freeIn(network, other, Math.max(prefixOf(block), prefixOf(network.cidr) + 1)));
    return [{ path, value: block, rule: `lies in the segment, ${network.cidr}`, fix }];
  }),
);

/** The last part of the segment with so many addresses that holds none of another block. */
function freeIn({ cidr }: Segment, other: Cidr, prefix: number): Cidr {
  const wanted = Math.max(prefix, prefixOf(cidr));
  const parts = Array.from({ length: 2 ** (wanted - prefixOf(cidr)) }, (_, index) => part(cidr, wanted, index)).reverse();
  return parts.find((one) => !contains(one, other) && !contains(other, one)) ?? part(cidr, wanted, 0);
}

export const gatewayFree = vsphereRule("gateway-free", ["placement", "etcd", "masters"], (sections): Problem[] => {
  const { network } = sections.placement;
  const { gateway, cidr, workers } = network;
  const rule = wrongPlace(gateway, network, [...taken(sections), sharedAddress(sections)], workers);
  if (rule === undefined) return [];
  const path = inNetwork("gateway");
  return [
    { path, value: gateway, rule, fix: use(path, freeAddress(network, [...taken(sections), sharedAddress(sections)], [hostOf(cidr, 1)])) },
  ];
});

export const apiAddressFree = vsphereRule("api-address-free", ["placement", "etcd", "masters"], (sections): Problem[] => {
  const { apiAddress, network } = sections.placement;
  if (apiAddress === undefined) return [];
  const rule = wrongPlace(apiAddress, network, [...taken(sections), network.gateway], network.workers);
  const path = at("placement", "apiAddress");
  return rule === undefined ? [] : [{ path, value: apiAddress, rule, fix: leaveOut(path) }];
});

type Placed = Pick<Sections & VsphereSpec, "placement" | "etcd" | "masters">;

function taken({ placement, etcd, masters }: Placed): readonly string[] {
  const { seats } = placement.network;
  if (prefixOf(seats) > longestSeatsPrefix) return [];
  const places = (count: number, of: (block: Cidr, seat: number) => string): string[] =>
    Array.from({ length: count }, (_, index) => of(seats, index));
  return [...places(etcd.seats, etcdAddress), ...places(masters.seats, masterAddress)];
}

/** The rule that an address breaks, or nothing. */
function wrongPlace(address: string, { cidr }: Segment, others: readonly string[], workers: Cidr): string | undefined {
  if (!holds(cidr, address)) return `lies in the segment, ${cidr}`;
  if (address === hostOf(cidr, 0) || address === hostOf(cidr, sizeOf(cidr) - 1)) return `is an address for a machine of ${cidr}`;
  if (holds(workers, address)) return `lies outside the workers' addresses, ${workers}`;
  return others.includes(address) ? "is an address of its own: a seat has it, the gateway or the API" : undefined;
}

function freeAddress({ cidr, workers }: Segment, others: readonly string[], first: readonly string[]): string {
  const all = [...first, ...Array.from({ length: Math.min(sizeOf(cidr) - 2, 4096) }, (_, index) => hostOf(cidr, index + 1))];
  return all.find((address) => !others.includes(address) && !holds(workers, address)) ?? hostOf(cidr, 1);
}

export const apiInternal = vsphereRule("api-internal", ["access"], ({ access: { api } }): Problem[] => {
  if (api === "internal") return [];
  const path = at("access", "api");
  const rule = "is internal: the API has one address, in the segment of its machines";
  return [{ path, value: api, rule, fix: use(path, "internal") }];
});
