import { done, ran } from "./command";
import type { PlannedMachine } from "./synthesized";
import { namespaceOf, type Run } from "./run-folder";

/** Outside of all blocks of a cluster (RFC 5737): where the stand-ins for the cloud and for upstream answer. */
export const outside = { store: "198.51.100.10", api: "198.51.100.11", mirror: "198.51.100.20" } as const;
export const metadataAddress = "169.254.169.254";
/** Of the switch itself, on the way to them. */
export const switchAddress = "198.51.100.1";

export const switchOf = (run: Run): string => namespaceOf(run, "switch");
export const cloudOf = (run: Run): string => namespaceOf(run, "cloud");
export const machineOf = (run: Run, machine: string): string => namespaceOf(run, machine);

/** An interface of the switch, at most 15 characters. */
export const portOf = (machine: string): string => `m-${machine}`.slice(0, 15);

/** The blocks and addresses of a cluster that its network is made for. */
export interface Blocks {
  /** The block of all machines. */
  readonly nodes: string;
  readonly pods: string;
  /** Addresses in it that the cloud itself has. */
  readonly balancer: readonly string[];
}

/** A machine that is connected. */
export type Connected = Pick<PlannedMachine, "name" | "address" | "subnet">;

/** How machines reach each other, and what is outside. */
export interface Wires {
  /** Before any machine. */
  make(run: Run, blocks: Blocks): void;
  /** Connects a machine, with its address. @returns its namespace */
  connect(run: Run, machine: Connected, blocks: Blocks): Promise<string>;
  /** Sends what is for the pods of a node to its machine. */
  routePods(run: Run, pods: string, machine: Pick<PlannedMachine, "name" | "address">): Promise<void>;
  disconnect(run: Run, machine: string): Promise<void>;
}

/** The switch, and a cloud behind it. */
export function makeSwitch(run: Run): void {
  const [sw, cloud] = [switchOf(run), cloudOf(run)];
  for (const namespace of [sw, cloud]) {
    ran("ip", ["netns", "add", namespace]);
    ip(namespace, "link set lo up");
  }
  ran("ip", ["netns", "exec", sw, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1"]);
  ip(sw, `link add cloud type veth peer name eth0 netns ${cloud}`);
  ip(sw, "link set cloud up");
  ip(cloud, "link set eth0 up");
  ip(sw, `address add ${switchAddress}/24 dev cloud`);
  for (const address of Object.values(outside)) ip(cloud, `address add ${address}/24 dev eth0`);
  ip(cloud, `route add default via ${switchAddress}`);
}

/** Cuts a machine off, as a dead host is: nothing refuses, nothing answers. */
export async function cutOff(run: Run, machine: string): Promise<void> {
  await batch(switchOf(run), [`link set ${portOf(machine)} down`]);
}

/** @param ports interfaces of the switch that lead to the machine */
export async function disconnected(run: Run, machine: string, ports: readonly string[]): Promise<void> {
  // All by name: the kernel removes the interfaces of a namespace some time after it.
  await batch(
    switchOf(run),
    ports.map((port) => `link delete ${port}`),
  );
  await done("ip", ["netns", "delete", machineOf(run, machine)]);
}

/** The way of a machine to all others. */
export const wayOut = ({ address, subnet }: Connected, gateway: string): readonly string[] => [
  "link set lo up",
  "link set eth0 up",
  `address add ${address}/${subnet.split("/")[1]} dev eth0`,
  `route add default via ${gateway}`,
];

export function ip(namespace: string, command: string): void {
  ran("ip", ["-n", namespace, ...command.split(" ")]);
}

/** Several commands by one program. */
export async function batch(namespace: string, commands: readonly string[]): Promise<void> {
  await done("ip", ["-n", namespace, "-batch", "-"], commands.map((command) => `${command}\n`).join(""));
}
