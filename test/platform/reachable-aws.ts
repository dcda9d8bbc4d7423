import { addresses, type Block, type Terraform } from "../stacks/terraform";

/** One cell of the matrix: who may open a connection to whom, on which port. */
export type Cell = string;

/**
 * What the firewalls of a synthesized AWS cluster let through, by the names of `flows(spec)`: a connection between two
 * groups needs a rule at both ends, one to or from a block of addresses a rule at the one end that is a group.
 */
export function reachable(terraform: Terraform): readonly Cell[] {
  const rules = (type: string): readonly Rule[] =>
    Object.entries(addresses(terraform))
      .filter(([address]) => address.startsWith(`aws_vpc_security_group_${type}_rule.`))
      .map(([, block]) => read(block));
  const into = rules("ingress").map(({ group, peer, ports }) => `${peer} → ${group} ${ports}`);
  const outOf = rules("egress").map(({ group, peer, ports }) => `${group} → ${peer} ${ports}`);
  const between = (cell: Cell): boolean => !/\d+\.\d+\.\d+\.\d+|store/.test(cell);
  const half = [...into, ...outOf].filter((cell) => between(cell) && !(into.includes(cell) && outOf.includes(cell)));
  if (half.length > 0) throw new Error(`open at one end only: ${half.join(", ")}`);
  return [...new Set([...into, ...outOf])].sort();
}

interface Rule {
  readonly group: string;
  readonly peer: string;
  readonly ports: string;
}

function read(block: Block): Rule {
  const peer = block["referenced_security_group_id"] ?? block["cidr_ipv4"] ?? block["prefix_list_id"];
  const [from, to] = [block["from_port"], block["to_port"]];
  return {
    group: name(String(block["security_group_id"])),
    peer: name(String(peer)),
    ports: `${String(block["ip_protocol"])}/${from === to ? String(from) : `${String(from)}-${String(to)}`}`,
  };
}

/** `${aws_security_group.etcd-firewall.id}` is `etcd`; a block of addresses is itself; a list of addresses is the store. */
function name(reference: string): string {
  const group = /aws_security_group\.(\w+)-firewall\./.exec(reference)?.[1];
  if (group !== undefined) return group;
  return reference.startsWith("$") ? "store" : reference;
}
