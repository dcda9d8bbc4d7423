import type { Flow } from "./flows";
import { tiers } from "./intent";
import type { VspherePlacement } from "./placement-vsphere";
import { port } from "./ports";
import { blockOf, everywhere, portOf } from "./servers";

/** What clouds give their machines beside all rules, and here is asked of servers like any others. */
export function vsphereFlows({ network, store }: VspherePlacement): readonly Flow[] {
  const storePort = portOf(store.endpoint);
  return [
    ...tiers.flatMap((from) => [
      ...network.dns.map((server) => ({
        from,
        to: `${server}/32`,
        ports: [`tcp/${port.dns}`, `udp/${port.dns}`],
        why: "DNS servers of the segment",
      })),
      ...[...new Set(network.ntp.map(blockOf))].map((to) => ({ from, to, ports: [`udp/${port.ntp}`], why: "time servers of the segment" })),
      ...(storePort === port.https
        ? []
        : [{ from, to: blockOf(store.endpoint), ports: [`tcp/${storePort}`], why: "cluster store, on a port of its own" }]),
    ]),
    { from: "masters", to: "api", ports: [`tcp/${port.api}`], why: "masters look whether anybody answers at the address that they share" },
    { from: "workers", to: everywhere, ports: [`udp/${port.dhcp}`], why: "workers renew the addresses that DHCP has given them" },
  ];
}

/** What flows to the cloud's own APIs lead to: the vCenter and the store, as far as they are given by address. */
export function vsphereApis({ server, store }: VspherePlacement): readonly string[] {
  return [...new Set([blockOf(server), blockOf(store.endpoint)])];
}
