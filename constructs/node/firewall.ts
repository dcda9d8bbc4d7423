import { flows } from "../segmentation/machine-flows";
import type { ClusterSpec } from "../spec/cluster-spec";
import type { Cidr } from "../spec/cidr";
import type { End, Flow } from "../spec/flows";
import type { Tier } from "../spec/intent";
import type { Component } from "../spec/role-configuration";
import type { Role } from "../spec/roles";
import { etcdSeats, masterSeats } from "../spec/seats";
import { zonesOf } from "../spec/zones";
import type { OwnNetwork } from "./platform";
import { unit } from "./systemd";

const rulesFile = "/etc/coppice/firewall.nft";

const tierOf: Readonly<Record<Role, Tier>> = { etcd: "etcd", master: "masters", worker: "workers" };
type Named = Tier | "api" | "cloud";

/**
 * Where no cloud filters, machines do: what enters and leaves through their interfaces by `flows(spec)`, and nothing else.
 * The hooks stand before and behind the translation of addresses, so that what pods send and get by way of the kernel's
 * own routing is filtered too; what a CNI hands around that, is the business of its policies.
 */
export function firewall(spec: ClusterSpec, role: Role, network: OwnNetwork): Component {
  return {
    name: "firewall",
    downloads: [],
    files: [{ path: rulesFile, mode: "0600", owner: "root:root", text: table(spec, tierOf[role], network) }],
    units: [
      unit("coppice-firewall.service", true, {
        Unit: { Description: "Coppice firewall of this machine", Before: "network-pre.target", Wants: "network-pre.target" },
        // The file replaces the whole table at once; nothing is open in between.
        Service: { Type: "oneshot", RemainAfterExit: "yes", ExecStart: `/usr/sbin/nft -f ${rulesFile}` },
        Install: { WantedBy: "multi-user.target" },
      }),
    ],
  };
}

function table(spec: ClusterSpec, tier: Tier, network: OwnNetwork): string {
  const blocks: Readonly<Record<Named, readonly Cidr[]>> = {
    etcd: etcdSeats(spec).map((seat) => seat.address),
    masters: masterSeats(spec).map((seat) => seat.address),
    workers: [...new Set(zonesOf(spec).map((zone) => zone.workers))],
    api: [network.apiAddress],
    cloud: network.cloud,
  };
  const all = flows(spec);
  return [
    "add table inet coppice",
    "delete table inet coppice",
    "table inet coppice {",
    ...Object.entries(blocks).map(
      ([name, elements]) => `  set ${name} { type ipv4_addr; flags interval; auto-merge; elements = { ${elements.join(", ")} }; }`,
    ),
    ...chain(
      "from-network",
      all.flatMap((flow) => into(flow, tier)),
    ),
    ...chain(
      "to-network",
      all.flatMap((flow) => outOf(flow, tier)),
    ),
    // As the kernel names the interfaces of machines; those of pods have other names.
    ...hook("prerouting", -150, "iifname", "from-network"),
    ...hook("postrouting", 300, "oifname", "to-network"),
    "}",
    "",
  ].join("\n");
}

function chain(name: string, rules: readonly string[]): string[] {
  return [`  chain ${name} {`, "    ct state established,related accept", ...[...new Set(rules)], "    counter drop", "  }"];
}

function hook(where: string, priority: number, side: string, to: string): string[] {
  return [
    `  chain ${where} {`,
    `    type filter hook ${where} priority ${priority}; policy accept;`,
    ...["en*", "eth*"].map((name) => `    ${side} "${name}" jump ${to}`),
    "  }",
  ];
}

function into({ from, to, ports, why }: Flow, tier: Tier): string[] {
  if (to === tier) return accepted([end("saddr", from)], ports, why);
  return to === "api" && tier === "masters" ? accepted([end("saddr", from), end("daddr", to)], ports, why) : [];
}

function outOf({ from, to, ports, why }: Flow, tier: Tier): string[] {
  return from === tier ? accepted([end("daddr", to)], ports, why) : [];
}

/** A comment of nftables has at most 128 bytes. */
const longestComment = 120;

function accepted(ends: readonly string[], ports: readonly string[], why: string): string[] {
  return ports.map((one) => {
    const [protocol = "", range = ""] = one.split("/");
    return `    ${ends.join(" ")} ${protocol} dport ${range} accept comment ${JSON.stringify(why.slice(0, longestComment))}`;
  });
}

const sets: readonly string[] = ["etcd", "masters", "workers", "api", "cloud"] satisfies Named[];

function end(side: "saddr" | "daddr", one: End): string {
  return `ip ${side} ${sets.includes(one) ? `@${one}` : one}`;
}
