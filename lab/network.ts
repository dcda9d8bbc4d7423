import { hostOf } from "../constructs/spec/cidr";
import { done, ran } from "./command";
import type { PlannedMachine } from "./synthesized";
import { namespaceOf, type Run } from "./run-folder";

/** Outside of all blocks of a cluster (RFC 5737): where the stand-ins for the cloud and for upstream answer. */
export const outside = { store: "198.51.100.10", ec2: "198.51.100.11", mirror: "198.51.100.20" } as const;
export const metadataAddress = "169.254.169.254";

export const switchOf = (run: Run): string => namespaceOf(run, "switch");
export const cloudOf = (run: Run): string => namespaceOf(run, "cloud");
const machineOf = (run: Run, machine: string): string => namespaceOf(run, machine);

/** An interface of the switch, at most 15 characters. */
const portOf = (machine: string): string => `m-${machine}`.slice(0, 15);

/**
 * A network like a cloud's: machines of a subnet see each other as neighbours, yet every packet goes through the switch,
 * which forwards what the firewall allows. What is sent to an address that no machine has is lost without an answer.
 * @param nodes the block of all machines
 * @param balancer addresses in it that the cloud itself has
 */
export function makeNetwork(run: Run, nodes: string, balancer: readonly string[] = []): void {
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
  for (const address of balancer) {
    ip(cloud, `address add ${address}/32 dev eth0`);
    ip(sw, `route add ${address}/32 dev cloud`);
  }
  ip(cloud, "route add default via 198.51.100.1");
  ip(sw, `route add ${metadataAddress}/32 dev cloud`);
}

/** Connects a machine, with its address, as DHCP of a cloud would. @returns its namespace */
export async function connect(run: Run, machine: Pick<PlannedMachine, "name" | "address" | "subnet">): Promise<string> {
  const [sw, namespace, port] = [switchOf(run), machineOf(run, machine.name), portOf(machine.name)];
  const { address, subnet } = machine;
  const gateway = gatewayOf(subnet);
  await done("ip", ["netns", "add", namespace]);
  await batch(sw, [
    `link add ${port} type veth peer name eth0 netns ${namespace}`,
    `link set ${port} up`,
    `address replace ${gateway}/32 dev lo`,
  ]);
  // The switch answers for every address of the subnet, so that neighbours send to each other through it.
  await done("ip", [
    "netns",
    "exec",
    sw,
    "sysctl",
    "-q",
    "-w",
    `net.ipv4.conf.${port}.proxy_arp=1`,
    `net.ipv4.neigh.${port}.proxy_delay=0`,
  ]);
  await batch(sw, [`route replace ${address}/32 dev ${port}`]);
  await batch(namespace, [
    "link set lo up",
    "link set eth0 up",
    `address add ${address}/${subnet.split("/")[1]} dev eth0`,
    `route add default via ${gateway}`,
  ]);
  return namespace;
}

/** Sends what is for the pods of a node to its machine. */
export async function routePods(run: Run, pods: string, { name, address }: Pick<PlannedMachine, "name" | "address">): Promise<void> {
  await batch(switchOf(run), [`route replace ${pods} via ${address} dev ${portOf(name)} onlink`]);
}

/** Cuts a machine off, as a dead host is: nothing refuses, nothing answers. */
export async function cutOff(run: Run, machine: string): Promise<void> {
  await batch(switchOf(run), [`link set ${portOf(machine)} down`]);
}

export async function disconnect(run: Run, machine: string): Promise<void> {
  // Both by name: the kernel removes the interfaces of a namespace some time after it.
  await batch(switchOf(run), [`link delete ${portOf(machine)}`]);
  await done("ip", ["netns", "delete", machineOf(run, machine)]);
}

/** The first address of a subnet. */
function gatewayOf(subnet: string): string {
  return hostOf(subnet, 1);
}

function ip(namespace: string, command: string): void {
  ran("ip", ["-n", namespace, ...command.split(" ")]);
}

/** Several commands by one program. */
async function batch(namespace: string, commands: readonly string[]): Promise<void> {
  await done("ip", ["-n", namespace, "-batch", "-"], commands.map((command) => `${command}\n`).join(""));
}
