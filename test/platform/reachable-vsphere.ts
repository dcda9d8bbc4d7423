import { roleConfiguration } from "../../constructs/spec/role-configuration";
import type { ClusterSpec } from "../../constructs/spec/cluster-spec";
import type { Tier } from "../../constructs/spec/intent";
import type { Role } from "../../constructs/spec/roles";
import { etcdSeats, masterSeats } from "../../constructs/spec/seats";
import { nodeBlocks } from "../../constructs/spec/zones";
import type { Terraform } from "../stacks/terraform";
import type { Cell } from "./reachable-aws";

const tierOf: Readonly<Record<Role, Tier>> = { etcd: "etcd", master: "masters", worker: "workers" };

/**
 * What the machines of a synthesized cluster on vSphere let through, by the names of `flows(spec)`: each filters itself, so
 * a connection between two tiers needs a rule at both ends. Rules are read from the firewall in the role
 * configurations of the same Terraform, and what a name stands for there from its sets.
 */
export function reachable(terraform: Terraform, spec: ClusterSpec): readonly Cell[] {
  const [into, outOf]: [Cell[], Cell[]] = [[], []];
  for (const role of ["etcd", "master", "worker"] as const) {
    const text = tableOf(terraform, role);
    requireHooks(text);
    requireSets(text, spec);
    const tier = tierOf[role];
    into.push(...chainOf(text, "from-network").map(([from, to, ports]) => `${from} → ${to ?? tier} ${ports}`));
    outOf.push(...chainOf(text, "to-network").map(([, to, ports]) => `${tier} → ${to} ${ports}`));
  }
  const between = (cell: Cell): boolean => /^(etcd|masters|workers) → (etcd|masters|workers) /.test(cell);
  const half = [...into, ...outOf].filter((cell) => between(cell) && !(into.includes(cell) && outOf.includes(cell)));
  if (half.length > 0) throw new Error(`open at one end only: ${half.join(", ")}`);
  return [...new Set([...into, ...outOf])].sort();
}

/** The firewall of a role, as its machines get it. */
export function tableOf(terraform: Terraform, role: Role): string {
  const content = String(terraform.resource["aws_s3_object"]?.[`desired-${role}`]?.["content"]).replace(/([$%])\1\{/g, "$1{");
  const { components } = roleConfiguration.parse(JSON.parse(content));
  const component = components.find(({ name }) => name === "firewall");
  const [file] = component?.files ?? [];
  if (!file || !component?.units.some(({ enable, text }) => enable && text.includes(`nft -f ${file.path}`)))
    throw new Error(`machines of role ${role} load no firewall`);
  return file.text;
}

function requireHooks(text: string): void {
  for (const [where, side, chain] of [
    ["prerouting", "iifname", "from-network"],
    ["postrouting", "oifname", "to-network"],
  ] as const) {
    const wanted = ["en*", "eth*"].map((name) => `    ${side} "${name}" jump ${chain}`);
    const body = bodyOf(text, where);
    if (!body[0]?.includes(`type filter hook ${where} `) || JSON.stringify(body.slice(1)) !== JSON.stringify(wanted))
      throw new Error(`${where} does not lead all packets of the network to ${chain}`);
  }
}

function requireSets(text: string, spec: ClusterSpec): void {
  const [, workers] = nodeBlocks(spec);
  const wanted = {
    etcd: etcdSeats(spec).map(({ address }) => address),
    masters: masterSeats(spec).map(({ address }) => address),
    workers: [workers],
  };
  for (const [name, elements] of Object.entries(wanted)) {
    if (!text.includes(`  set ${name} { type ipv4_addr; flags interval; auto-merge; elements = { ${elements.join(", ")} }; }`))
      throw new Error(`the set ${name} does not stand for the machines of that tier`);
  }
}

function bodyOf(text: string, chain: string): readonly string[] {
  const [, body] = new RegExp(`^  chain ${chain} \\{\\n((?:    .*\\n)*)  \\}$`, "m").exec(text) ?? [];
  if (body === undefined) throw new Error(`there is no chain ${chain}`);
  return body.trimEnd().split("\n");
}

/** Source, destination where it is named, and ports, of every rule of a chain that ends with nothing else let through. */
function chainOf(text: string, chain: string): readonly (readonly [string, string | undefined, string])[] {
  const [first, ...rest] = bodyOf(text, chain);
  const last = rest.pop();
  if (first !== "    ct state established,related accept" || last !== "    counter drop")
    throw new Error(`${chain} lets through more than its rules`);
  return rest.map((line) => {
    const [, from, to, protocol = "", ports = ""] =
      /^ {4}(?:ip saddr (\S+) ?)?(?:ip daddr (\S+) )?(tcp|udp) dport (\S+) accept comment ".*"$/.exec(line) ?? [];
    if (protocol === "") throw new Error(`no rule that this test reads: ${line}`);
    return [name(from) ?? "", name(to), `${protocol}/${ports}`] as const;
  });
}

const name = (end: string | undefined): string | undefined => end?.replace(/^@/, "");
