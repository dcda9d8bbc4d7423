import type { ClusterSpec } from "../../constructs/spec/cluster-spec";
import { tiers, type Tier } from "../../constructs/spec/intent";
import { zonesOf } from "../../constructs/spec/zones";
import { addresses, type Block, type Terraform } from "../stacks/terraform";
import type { Cell } from "./reachable-aws";

/**
 * What the firewall of a synthesized cluster on Google Cloud lets through, by the names of `flows(spec)`: a connection
 * between two tiers needs a rule to leave and one to enter; every tier is closed behind its rules. Tiers are told by the
 * accounts and addresses of the same Terraform; the subnets of an existing network, which is not in it, by the spec.
 */
export function reachable(terraform: Terraform, spec: ClusterSpec): readonly Cell[] {
  const names = namesIn(terraform, spec);
  const rules = Object.entries(addresses(terraform)).filter(([address]) => address.startsWith("google_compute_firewall."));
  const [into, outOf]: [Cell[], Cell[]] = [[], []];
  const closed = new Set<Tier>();
  for (const [address, rule] of rules) {
    const tier = names.accounts(rule["target_service_accounts"]);
    if (rule["deny"] !== undefined) {
      const everything = { direction: "EGRESS", destination_ranges: ["0.0.0.0/0"], deny: [{ protocol: "all" }], priority: 65_534 };
      for (const [key, value] of Object.entries(everything))
        if (JSON.stringify(rule[key]) !== JSON.stringify(value)) throw new Error(`${address} closes less than all`);
      closed.add(tier);
    } else if (rule["direction"] === "INGRESS") {
      const to = rule["destination_ranges"] === undefined ? tier : names.balancer(rule["destination_ranges"]);
      for (const from of names.sources(rule)) into.push(...portsOf(rule).map((ports) => `${from} → ${to} ${ports}`));
    } else {
      for (const to of names.blocks(rule["destination_ranges"])) outOf.push(...portsOf(rule).map((ports) => `${tier} → ${to} ${ports}`));
    }
  }
  if (closed.size !== tiers.length) throw new Error(`open to everything: ${tiers.filter((tier) => !closed.has(tier)).join(", ")}`);
  const between = (cell: Cell): boolean => /^(etcd|masters|workers) → (etcd|masters|workers) /.test(cell);
  const half = [...into, ...outOf].filter((cell) => between(cell) && !(into.includes(cell) && outOf.includes(cell)));
  if (half.length > 0) throw new Error(`open at one end only: ${half.join(", ")}`);
  return [...new Set([...into, ...outOf])].sort();
}

function portsOf(rule: Block): string[] {
  return (rule["allow"] as readonly { protocol: string; ports: readonly string[] }[]).flatMap(({ protocol, ports }) =>
    ports.map((one) => `${protocol}/${one}`),
  );
}

const privateApis = "199.36.153.8/30";
const probes = [
  ["35.191.0.0/16", "130.211.0.0/22"],
  ["35.191.0.0/16", "209.85.152.0/22", "209.85.204.0/22"],
];
const same = (a: readonly string[], b: readonly string[]): boolean => [...a].sort().join() === [...b].sort().join();

function namesIn(terraform: Terraform, spec: ClusterSpec) {
  const ids = (type: string): string[] => Object.keys(terraform.resource[type] ?? {});
  const { placement } = spec;
  const kept = "accounts" in placement ? placement.accounts : undefined;
  const accountsOf = (tier: Tier): readonly string[] => {
    if (kept) return [kept[tier]];
    const form = { etcd: /^etcd-\d-account$/, masters: /^master-\d-account$/, workers: /^workers-account$/ }[tier];
    return ids("google_service_account")
      .filter((id) => form.test(id))
      .map((id) => `\${google_service_account.${id}.email}`);
  };
  const seats = (prefix: string): string[] =>
    ids("google_compute_address")
      .filter((id) => id.startsWith(prefix))
      .map((id) => `${String(terraform.resource["google_compute_address"]?.[id]?.["address"])}/32`);
  const blocksOf = {
    etcd: seats("etcd-"),
    masters: seats("master-"),
    workers: zonesOf(spec).map((zone) => zone.workers),
    cloud: [privateApis],
  };
  const balancer =
    terraform.resource["google_compute_address"]?.["api-address"]?.["address"] ?? "${google_compute_address.api-address.address}";

  const accounts = (value: unknown): Tier => {
    const tier = tiers.find((one) => same(accountsOf(one), (value ?? []) as string[]));
    if (tier === undefined) throw new Error(`${JSON.stringify(value)} are not the accounts of one tier`);
    return tier;
  };
  const blocks = (value: unknown): readonly string[] => {
    const known = Object.entries(blocksOf).find(([, all]) => same(all, value as string[]));
    return known ? [known[0]] : (value as string[]);
  };
  return {
    accounts,
    blocks,
    sources: (rule: Block): readonly string[] => {
      if (rule["source_service_accounts"] !== undefined) return [accounts(rule["source_service_accounts"])];
      const ranges = rule["source_ranges"] as string[];
      return probes.some((all) => same(all, ranges)) ? ["api"] : ranges;
    },
    balancer: (value: unknown): string => {
      if (!same(value as string[], [`${String(balancer)}/32`])) throw new Error(`${JSON.stringify(value)} is not the load balancer`);
      return "api";
    },
  };
}
