import type { Instance, Known } from "../cloud/cloud";
import { groups, joiningMaster, nodeUser, tokenUser } from "./identities";
import type { KubeletRequest } from "./kubelet-request";

/** The machine that a node's newest certificate was signed for. */
export interface Signed {
  readonly instance: string;
  /** When that certificate ends, in milliseconds since 1970. */
  readonly until: number;
}

/** What is known of the name that a request asks for. Times in milliseconds since 1970. */
export interface Facts {
  /** Who asks, by the word of the API server. */
  readonly username: string;
  readonly groups: readonly string[];
  /** What the cloud says of the machine with this name. */
  readonly instance: Known<Instance | undefined>;
  /** The node that has the name already, and when it was last seen alive. */
  readonly node?: { readonly uid: string; readonly providerId?: string; readonly aliveAt: number };
  /** By node. */
  readonly signed: ReadonlyMap<string, Signed>;
  /** Names of worker pools and of masters' seats. */
  readonly pools: readonly string[];
  readonly masters: readonly string[];
  readonly now: number;
  readonly leaseStaleMs: number;
  /** Of a kubelet's certificate. */
  readonly lifeMs: number;
}

export type Verdict =
  | {
      readonly kind: "sign";
      readonly reason: string;
      readonly instance: Instance;
      /** The node of this name is another machine's, or one of long ago: it is deleted first. */
      readonly replaces?: { readonly uid: string };
    }
  | { readonly kind: "deny"; readonly reason: string; readonly message: string }
  /** Time or somebody else will tell. */
  | { readonly kind: "wait"; readonly message: string };

/** Who may be certified as what. Pure: the same facts, the same verdict, on whichever master. */
export function judge(request: KubeletRequest, facts: Facts): Verdict {
  const { node } = request;
  const asker = askerOf(node, facts);
  if (asker === undefined) return deny("NotItsOwn", `${facts.username} may not ask for ${nodeUser(node)}`);
  if (facts.instance.kind === "unknown")
    return { kind: "wait", message: `the cloud does not say what ${node} is: ${facts.instance.reason}` };
  const instance = facts.instance.value;
  if (!instance || !bears(instance, node)) return deny("NoSuchMachine", `no running machine of this cluster is called ${node}`);
  const role = roleOf(instance, facts);
  if (role === undefined) return deny("NoNode", `${instance.id} is neither of a worker pool nor of a master's seat`);
  const before = facts.signed.get(node);
  if (asker === "itself") {
    if (before && before.instance !== instance.id)
      return deny("Replaced", `${node} was signed for ${before.instance} and is ${instance.id} now`);
    return request.kind === "client" ? sign("Renewal", instance) : judgeServing(request, instance);
  }
  if (request.kind === "serving") return deny("NotItsOwn", `only ${nodeUser(node)} may ask for its serving certificate`);
  if (asker !== role) return deny("NotItsOwn", `${node} is a ${role}, and ${facts.username} is none`);
  const other = otherNameOf(instance, node, facts);
  if (other !== undefined) return deny("NamedAlready", `${instance.id} is the node ${other}`);
  return judgeJoining(role, node, instance, before, facts);
}

function judgeJoining(role: "worker" | "master", node: string, instance: Instance, before: Signed | undefined, facts: Facts): Verdict {
  const taken = facts.node;
  if (!taken) return sign("Joining", instance);
  const { now, lifeMs, leaseStaleMs } = facts;
  const replaced = before
    ? before.instance !== instance.id
    : taken.providerId !== undefined && taken.providerId !== "" && taken.providerId !== instance.providerId;
  const replaces = { uid: taken.uid };
  // A seat has one machine, and only a master's agent can make what this one asks with: there is nothing to wait for.
  if (role === "master") return { ...sign("Joining", instance), ...(replaced ? { replaces } : {}) };
  // Without a record: a node renews its certificate while it lives.
  const until = before?.until ?? taken.aliveAt + lifeMs;
  if (!replaced && until > now)
    return deny("NameTaken", `${node} is a node, the same machine, and has a certificate until ${new Date(until).toISOString()}`);
  const staleAt = taken.aliveAt + leaseStaleMs;
  if (staleAt > now) return { kind: "wait", message: `the node ${node} lives, or did until ${new Date(taken.aliveAt).toISOString()}` };
  return { ...sign(replaced ? "ReplacedMachine" : "Expired", instance), replaces };
}

function judgeServing({ node, names, addresses }: KubeletRequest, instance: Instance): Verdict {
  const strange = [
    ...names.filter((name) => name !== node && !instance.names.includes(name)),
    ...addresses.filter((address) => !instance.addresses.includes(address)),
  ];
  if (strange.length > 0) return deny("NotItsAddress", `the cloud does not know ${node} as ${strange.join(", ")}`);
  return sign("OwnAddresses", instance);
}

function askerOf(node: string, { username, groups: of }: Facts): "itself" | "worker" | "master" | undefined {
  if (username === nodeUser(node) && of.includes(groups.nodes)) return "itself";
  if (username === joiningMaster(node) && of.includes(groups.joiningMasters)) return "master";
  return tokenUser.test(username) && of.includes(groups.joiningWorkers) ? "worker" : undefined;
}

function roleOf({ pool, seat }: Instance, { pools, masters }: Facts): "worker" | "master" | undefined {
  if (seat !== undefined) return masters.includes(seat) ? "master" : undefined;
  return pool !== undefined && pools.includes(pool) ? "worker" : undefined;
}

/** A machine is one node: under a second name, whoever holds the token could be a node beside it. */
function otherNameOf(instance: Instance, node: string, { signed, now }: Facts): string | undefined {
  return [...signed].find(([name, entry]) => name !== node && entry.instance === instance.id && entry.until > now)?.[0];
}

/** A machine calls itself by its private DNS name, by the first label of that, or by its address as clouds write it there. */
export function bears({ names, addresses }: Instance, node: string): boolean {
  return (
    names.some((name) => name === node || name.split(".")[0] === node) ||
    addresses.some((address) => node === `ip-${address.replaceAll(".", "-")}`)
  );
}

function sign(reason: string, instance: Instance): Extract<Verdict, { kind: "sign" }> {
  return { kind: "sign", reason, instance };
}

function deny(reason: string, message: string): Verdict {
  return { kind: "deny", reason, message };
}
