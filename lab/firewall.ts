import type { ClusterSpec } from "../constructs/spec/cluster-spec";
import type { End, Flow } from "../constructs/spec/flows";
import { port } from "../constructs/spec/ports";
import { flows } from "../constructs/segmentation/machine-flows";
import { done, ran } from "./command";
import type { Machine } from "./machine";
import { metadataAddress, outside, switchOf } from "./network";
import type { Run } from "./run-folder";
import type { PlannedMachine } from "./synthesized";

const sets = ["etcd", "masters", "workers", "api", "cloud", "members"] as const;
type Set = (typeof sets)[number];
const tierOf = { etcd: "etcd", master: "masters", worker: "workers" } as const;

/**
 * The security groups of a cluster as one table of nftables. A group decides at both ends, so a block of addresses never
 * stands for machines of the cluster itself: those are reached by flows between tiers only.
 */
export function firewall(
  spec: ClusterSpec,
  machines: readonly Pick<PlannedMachine, "role" | "address">[],
  api: readonly string[] = [],
): string {
  const members: Record<Set, string[]> = {
    etcd: [],
    masters: [],
    workers: [],
    api: [...api],
    cloud: [outside.store, outside.api],
    members: [],
  };
  machines.forEach(({ role, address }) => [tierOf[role], "members" as const].forEach((set) => members[set].push(address)));
  return [
    "table inet cloud {",
    ...sets.map((set) => `  set ${set} { type ipv4_addr; ${members[set].length > 0 ? `elements = { ${members[set].join(", ")} };` : ""} }`),
    "  chain forward {",
    "    type filter hook forward priority 0; policy drop;",
    "    ct state established,related accept",
    // No group filters what a machine asks of its own metadata service.
    `    ip daddr ${metadataAddress} tcp dport 80 accept`,
    ...flows(spec).flatMap(rules),
    ...(spec.addons.cni === "none" ? podRules(spec.network.pods) : []),
    "    counter",
    "  }",
    "}",
    "",
  ].join("\n");
}

/** What a tunnel of the CNI would hide from the groups: the lab's has none. */
function podRules(pods: string): string[] {
  const nodes = ["@masters", "@workers"];
  return [
    `    ip saddr ${pods} ip daddr ${pods} accept comment "pods reach each other"`,
    ...nodes.map((from) => `    ip saddr ${from} ip daddr ${pods} accept comment "nodes reach pods"`),
    `    ip saddr ${pods} ip daddr @masters tcp dport ${port.api} accept comment "pods reach the API as their nodes do"`,
  ];
}

function rules({ from, to, ports, why }: Flow): string[] {
  return ports.map((port) => {
    const [protocol = "", range = ""] = port.split("/");
    const comment = JSON.stringify(why.slice(0, 120));
    return `    ${end("saddr", from)} ${end("daddr", to)} ${protocol} dport ${range} accept comment ${comment}`;
  });
}

function end(side: "saddr" | "daddr", one: End): string {
  if ((sets as readonly string[]).includes(one)) return `ip ${side} @${one}`;
  return `ip ${side} ${one} ip ${side} != @members`;
}

/** A machine has the rights of its role from now on. */
export async function admit(run: Run, { role, address }: Pick<PlannedMachine, "role" | "address">): Promise<void> {
  const elements = [tierOf[role], "members"].map((set) => `add element inet cloud ${set} { ${address} }\n`);
  await done("ip", ["netns", "exec", switchOf(run), "nft", "-f", "-"], elements.join(""));
}

/** Before any machine: what is connected already would be unknown to it. */
export function loadFirewall(run: Run, text: string): void {
  ran("ip", ["netns", "exec", switchOf(run), "nft", "-f", "-"], text);
}

/** Packets that no flow allowed, where machines filter themselves. */
export async function refusedByMachines(machines: readonly Machine[]): Promise<number> {
  const tables = await Promise.all(machines.map((machine) => machine.exec("nft", "list", "table", "inet", "coppice")));
  const counted = tables.flatMap(({ stdout }) => [...stdout.matchAll(/^\s*counter packets (\d+) bytes \d+ drop$/gm)]);
  return counted.reduce((sum, [, packets]) => sum + Number(packets), 0);
}

/** Packets that no flow allowed. */
export function refusedPackets(run: Run): number {
  const table = ran("ip", ["netns", "exec", switchOf(run), "nft", "list", "chain", "inet", "cloud", "forward"]);
  return Number(/^\s*counter packets (\d+)/m.exec(table)?.[1]);
}
