import type { ClusterSpec } from "../constructs/spec/cluster-spec";
import type { End, Flow } from "../constructs/spec/flows";
import { flows } from "../constructs/segmentation/machine-flows";
import { ran } from "./command";
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
export function firewall(spec: ClusterSpec, machines: readonly Pick<PlannedMachine, "role" | "address">[]): string {
  const members: Record<Set, string[]> = { etcd: [], masters: [], workers: [], api: [], cloud: [outside.store], members: [] };
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
    "    counter",
    "  }",
    "}",
    "",
  ].join("\n");
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

/** Before any machine: what is connected already would be unknown to it. */
export function loadFirewall(run: Run, text: string): void {
  ran("ip", ["netns", "exec", switchOf(run), "nft", "-f", "-"], text);
}

/** Packets that no flow allowed. */
export function refusedPackets(run: Run): number {
  const table = ran("ip", ["netns", "exec", switchOf(run), "nft", "list", "chain", "inet", "cloud", "forward"]);
  return Number(/^\s*counter packets (\d+)/m.exec(table)?.[1]);
}
