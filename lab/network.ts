import { hostOf } from "../constructs/spec/cidr";
import { ran } from "./command";
import type { PlannedMachine } from "./synthesized";
import { namespaceOf, type Run } from "./run-folder";

/** Outside of all blocks of a cluster (RFC 5737): where the stand-ins for the cloud and for upstream answer. */
export const outside = { store: "198.51.100.10", mirror: "198.51.100.20" } as const;
export const metadataAddress = "169.254.169.254";

export const switchOf = (run: Run): string => namespaceOf(run, "switch");
export const cloudOf = (run: Run): string => namespaceOf(run, "cloud");
const machineOf = (run: Run, machine: string): string => namespaceOf(run, machine);

/** An interface of the switch, at most 15 characters. */
const portOf = (machine: string): string => `m-${machine}`.slice(0, 15);

/**
 * A network like a cloud's: machines of a subnet see each other as neighbours, yet every packet goes through the switch,
 * which forwards what the firewall allows. What is sent to an address that no machine has is lost without an answer.
 */
export function makeNetwork(run: Run, nodes: string): void {
  const [sw, cloud] = [switchOf(run), cloudOf(run)];
  for (const namespace of [sw, cloud]) {
    ran("ip", ["netns", "add", namespace]);
    ip(namespace, "link set lo up");
  }
  ran("ip", ["netns", "exec", sw, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1"]);
  ip(sw, "link add void type veth peer name void-end");
  ip(sw, "link set void-end up");
  ip(sw, "link set void arp off up");
  ip(sw, `route add ${nodes} dev void`);

  ip(sw, `link add cloud type veth peer name eth0 netns ${cloud}`);
  ip(sw, "link set cloud up");
  ip(cloud, "link set eth0 up");
  ip(sw, "address add 198.51.100.1/24 dev cloud");
  for (const address of Object.values(outside)) ip(cloud, `address add ${address}/24 dev eth0`);
  ip(cloud, `address add ${metadataAddress}/32 dev eth0`);
  ip(cloud, "route add default via 198.51.100.1");
  ip(sw, `route add ${metadataAddress}/32 dev cloud`);
}

/** Connects a machine, with its address, as DHCP of a cloud would. @returns its namespace */
export function connect(run: Run, machine: PlannedMachine): string {
  const [sw, namespace, port] = [switchOf(run), machineOf(run, machine.name), portOf(machine.name)];
  const { address, subnet } = machine;
  const gateway = gatewayOf(subnet);
  ran("ip", ["netns", "add", namespace]);
  ip(sw, `link add ${port} type veth peer name eth0 netns ${namespace}`);
  ip(sw, `link set ${port} up`);
  ip(sw, `address replace ${gateway}/32 dev lo`);
  // The switch answers for every address of the subnet, so that neighbours send to each other through it.
  ran("ip", ["netns", "exec", sw, "sysctl", "-q", "-w", `net.ipv4.conf.${port}.proxy_arp=1`, `net.ipv4.neigh.${port}.proxy_delay=0`]);
  ip(sw, `route replace ${address}/32 dev ${port}`);
  ip(namespace, "link set lo up");
  ip(namespace, "link set eth0 up");
  ip(namespace, `address add ${address}/${subnet.split("/")[1]} dev eth0`);
  ip(namespace, `route add default via ${gateway}`);
  return namespace;
}

/** Cuts a machine off, as a dead host is: nothing refuses, nothing answers. */
export function cutOff(run: Run, machine: string): void {
  ip(switchOf(run), `link set ${portOf(machine)} down`);
}

export function disconnect(run: Run, machine: string): void {
  // Both by name: the kernel removes the interfaces of a namespace some time after it.
  ip(switchOf(run), `link delete ${portOf(machine)}`);
  ran("ip", ["netns", "delete", machineOf(run, machine)]);
}

/** The first address of a subnet. */
function gatewayOf(subnet: string): string {
  return hostOf(subnet, 1);
}

function ip(namespace: string, command: string): void {
  ran("ip", ["-n", namespace, ...command.split(" ")]);
}
