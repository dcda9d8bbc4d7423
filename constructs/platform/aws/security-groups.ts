import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { flows } from "../../segmentation/machine-flows";
import type { End, Flow } from "../../spec/flows";
import { names } from "../../spec/names";
import { terraformText } from "../terraform-text";
import type { Context } from "./context";
import type { NetworkIds } from "./network";

/** Ends of flows that are groups here: the tiers and the load balancer. */
const members = ["etcd", "masters", "workers", "api"] as const;
type Member = (typeof members)[number];
export type SecurityGroups = Readonly<Record<Member, string>>;

/** The other end of a rule, as a word for the rule's id and as the rule's arguments. */
interface Peer {
  readonly word: string;
  readonly source: { readonly referencedSecurityGroupId: string } | { readonly cidrIpv4: string } | { readonly prefixListId: string };
}

interface Rule {
  readonly group: string;
  readonly word: string;
  readonly direction: "from" | "to";
  readonly peer: Peer;
  readonly ports: string;
  readonly why: string[];
}

/** One group for each tier and for the load balancer, with the rules that `flows(spec)` asks for and no other. */
export function securityGroups(context: Context, network: NetworkIds): SecurityGroups {
  const { stack, spec } = context;
  const group = (member: Member): string =>
    new SecurityGroup(stack, `${member}-firewall`, {
      vpcId: network.vpc,
      name: names.of(spec, member),
      description: `${spec.name}: ${member}`,
      tags: { Name: names.of(spec, member) },
    }).id;
  const groups: SecurityGroups = { etcd: group("etcd"), masters: group("masters"), workers: group("workers"), api: group("api") };
  const rules = new Map<string, Rule>();
  for (const flow of flows(spec)) {
    for (const rule of rulesOf(flow, groups, network)) {
      const id = `${rule.word}-${rule.direction}-${rule.peer.word}-${rule.ports.replace("/", "-")}`;
      const same = rules.get(id);
      if (same) same.why.push(...rule.why.filter((why) => !same.why.includes(why)));
      else rules.set(id, rule);
    }
  }
  for (const [id, rule] of rules) write(context, id, rule);
  return groups;
}

/** A flow is a rule at each end that is a group: to leave the one, and to enter the other. */
function rulesOf(flow: Flow, groups: SecurityGroups, network: NetworkIds): Rule[] {
  const sides = [
    ...groupsOf(flow.from, groups, network).flatMap((group) =>
      peersOf(flow.to, groups, network).map((peer) => ({ ...group, direction: "to" as const, peer })),
    ),
    ...groupsOf(flow.to, groups, network).flatMap((group) =>
      peersOf(flow.from, groups, network).map((peer) => ({ ...group, direction: "from" as const, peer })),
    ),
  ];
  return sides.flatMap((side) => flow.ports.map((ports) => ({ ...side, ports, why: [flow.why] })));
}

function isMember(end: End): end is Member {
  return (members as readonly string[]).includes(end);
}

/** The groups that stand for an end, if it is one that a group can stand for. */
function groupsOf(end: End, groups: SecurityGroups, network: NetworkIds): { group: string; word: string }[] {
  if (isMember(end)) return [{ group: groups[end], word: end }];
  return end === "cloud" && network.endpoints !== undefined ? [{ group: network.endpoints, word: "endpoints" }] : [];
}

function peersOf(end: End, groups: SecurityGroups, network: NetworkIds): Peer[] {
  if (isMember(end)) return [{ word: end, source: { referencedSecurityGroupId: groups[end] } }];
  if (end !== "cloud") return [{ word: end.replace(/[./]/g, "-"), source: { cidrIpv4: end } }];
  // Without private endpoints the other APIs are reached as the internet or the proxy is.
  const store: Peer = { word: "store", source: { prefixListId: network.storePrefixList } };
  return network.endpoints === undefined
    ? [store]
    : [store, { word: "endpoints", source: { referencedSecurityGroupId: network.endpoints } }];
}

function write({ stack, spec }: Context, id: string, { group, direction, peer, ports, why }: Rule): void {
  const [ipProtocol = "", range = ""] = ports.split("/");
  const [fromPort, toPort] = range.split("-").map(Number);
  const rule = {
    securityGroupId: group,
    ...peer.source,
    ipProtocol,
    fromPort: fromPort ?? 0,
    toPort: toPort ?? fromPort ?? 0,
    description: terraformText(why.join("; ")).slice(0, 255),
    tags: { Name: names.of(spec, id) },
  };
  if (direction === "from") new VpcSecurityGroupIngressRule(stack, id, rule);
  else new VpcSecurityGroupEgressRule(stack, id, rule);
}
