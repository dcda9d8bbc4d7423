import type { ClusterSpec } from "./cluster-spec";
import { etcdAddress, masterAddress } from "./subnets";
import { zonesOf } from "./zones";

/** A fixed place: machines come and go, the seat keeps its name, its zone and its address. */
export interface Seat {
  /** `etcd-0`; unique in the cluster. */
  readonly name: string;
  readonly role: "etcd" | "master";
  readonly zone: string;
  readonly address: string;
}

/** Seat `i` stands in zone `i`, and around again where there are more seats than zones. */
export function etcdSeats(spec: ClusterSpec): readonly Seat[] {
  return seats(spec, "etcd", spec.etcd.seats, etcdAddress);
}

export function masterSeats(spec: ClusterSpec): readonly Seat[] {
  return seats(spec, "master", spec.masters.seats, masterAddress);
}

export const seatName = (role: Seat["role"], index: number): string => `${role}-${index}`;

function seats(spec: ClusterSpec, role: Seat["role"], count: number, addressOf: (block: string, seat: number) => string): readonly Seat[] {
  const zones = zonesOf(spec);
  return Array.from({ length: count }, (_, index) => {
    const zone = zones[index % zones.length];
    if (!zone) throw new Error("a placement without zones; readEnvironment() would have said so");
    return { name: seatName(role, index), role, zone: zone.name, address: addressOf(zone.seats, index) };
  });
}
