import { ComputeFirewall, type ComputeFirewallConfig } from "@cdktf/provider-google/lib/compute-firewall";
import { flows } from "../../segmentation/machine-flows";
import type { Cidr } from "../../spec/cidr";
import type { End, Flow } from "../../spec/flows";
import { probes, publicProbes } from "../../spec/flows-google";
import { tiers, type Tier } from "../../spec/intent";
import { names } from "../../spec/names";
import type { Role } from "../../spec/roles";
import { etcdSeats, masterSeats } from "../../spec/seats";
import { zonesOf } from "../../spec/zones";
import { terraformText } from "../terraform-text";
import type { Accounts } from "./access";
import type { Context } from "./context";
import type { NetworkIds } from "./network";

/** private.googleapis.com: https://cloud.google.com/vpc/docs/configure-private-google-access#domain-options */
export const privateApis: Cidr = "199.36.153.8/30";

const roleOf: Readonly<Record<Tier, Role>> = { etcd: "etcd", masters: "master", workers: "worker" };
const isTier = (end: End): end is Tier => (tiers as readonly string[]).includes(end);

/** What a rule is about: machines of a tier, a direction, and the other end. */
interface Rule {
  readonly tier: Tier;
  readonly direction: "from" | "to";
  readonly word: string;
  readonly peer: Pick<ComputeFirewallConfig, "sourceServiceAccounts" | "sourceRanges" | "destinationRanges">;
  readonly ports: Set<string>;
  readonly why: Set<string>;
}

/**
 * Rules that `flows(spec)` asks for, and no other: one for each tier, direction and other end. Machines are told apart by
 * the accounts that they run as; a rule that lets traffic out knows addresses only, so there they are those of seats
 * and of the workers' subnets. What no rule lets out is stopped by the last ones.
 * @param balancer address of the load balancer in front of the masters: packets to it arrive at them as they were sent
 */
export function firewall(context: Context, network: NetworkIds, accounts: Accounts, balancer: string): ComputeFirewall[] {
  const rules = new Map<string, Rule>();
  for (const flow of flows(context.spec)) {
    for (const rule of rulesOf(context, flow, accounts, balancer)) {
      const id = `${rule.tier}-${rule.direction}-${rule.word}`;
      const same = rules.get(id) ?? rule;
      rules.set(id, same);
      flow.ports.forEach((ports) => same.ports.add(ports));
      same.why.add(flow.why);
    }
  }
  const base = { network: network.vpc, project: network.project };
  const allowed = [...rules].map(([id, { tier, direction, peer, ports, why }]) => {
    return new ComputeFirewall(context.stack, id, {
      ...base,
      name: names.of(context.spec, id),
      description: terraformText([...why].join("; ")).slice(0, mostCharacters),
      direction: direction === "from" ? "INGRESS" : "EGRESS",
      ...peer,
      targetServiceAccounts: [...accounts.tier(roleOf[tier])],
      allow: ["tcp", "udp"].flatMap((protocol) => {
        const own = [...ports].filter((one) => one.startsWith(`${protocol}/`)).map((one) => one.slice(protocol.length + 1));
        return own.length > 0 ? [{ protocol, ports: own.sort() }] : [];
      }),
    });
  });
  const closed = tiers.map(
    (tier) =>
      new ComputeFirewall(context.stack, `${tier}-to-nobody-else`, {
        ...base,
        name: names.of(context.spec, `${tier}-to-nobody-else`),
        description: "what no other rule lets out",
        direction: "EGRESS",
        priority: lastPriority,
        destinationRanges: ["0.0.0.0/0"],
        targetServiceAccounts: [...accounts.tier(roleOf[tier])],
        deny: [{ protocol: "all" }],
      }),
  );
  return [...allowed, ...closed];
}

const mostCharacters = 2048;
/** Behind all others; 65535 is that of the rules that every network has. */
const lastPriority = 65_534;

/** A flow is a rule at each end that is a tier: to leave the one, and to enter the other. */
function rulesOf(context: Context, { from, to }: Flow, accounts: Accounts, balancer: string): Rule[] {
  const begun = { ports: new Set<string>(), why: new Set<string>() };
  const out = isTier(from) ? [{ ...begun, tier: from, direction: "to" as const, ...destination(context, to) }] : [];
  // The load balancer changes no packet, so its rules are the masters' rules for packets to its address.
  if (to === "api")
    return [
      ...out,
      {
        ...begun,
        tier: "masters" as const,
        direction: "from" as const,
        word: `${word(from)}-by-api`,
        peer: { ...source(context, from, accounts).peer, destinationRanges: [`${balancer}/32`] },
      },
    ];
  return isTier(to) ? [...out, { ...begun, tier: to, direction: "from" as const, ...source(context, from, accounts) }] : out;
}

type Peer = Pick<Rule, "word" | "peer">;

function source({ spec }: Context, end: End, accounts: Accounts): Peer {
  if (isTier(end)) return { word: end, peer: { sourceServiceAccounts: [...accounts.tier(roleOf[end])] } };
  // All that the load balancer itself sends are its probes.
  if (end === "api") return { word: end, peer: { sourceRanges: [...(spec.access.api === "internal" ? probes : publicProbes)] } };
  return { word: word(end), peer: { sourceRanges: [end] } };
}

function destination({ spec }: Context, end: End): Peer {
  const blocks: Readonly<Record<Tier | "cloud", () => readonly Cidr[]>> = {
    etcd: () => etcdSeats(spec).map(({ address }) => `${address}/32`),
    masters: () => masterSeats(spec).map(({ address }) => `${address}/32`),
    workers: () => zonesOf(spec).map((zone) => zone.workers),
    cloud: () => [privateApis],
  };
  const known = Object.entries(blocks).find(([name]) => name === end);
  return { word: word(end), peer: { destinationRanges: [...(known ? known[1]() : [end])] } };
}

/** `masters`, `10-40-0-25-32` */
const word = (end: End): string => end.replace(/[./]/g, "-");
