import { blocksOf, type Block, type Synthesized } from "../../terraform/synthesized";
import { hostOf } from "../../constructs/spec/cidr";
import { awsPlacement } from "../../constructs/spec/placement-aws";
import { seatTag } from "../../constructs/spec/tag-names";
import { idOf, identityOf, named, referenced, type PlannedBalancer, type PlannedGroup, type Reader } from "../synthesized";

/** Interfaces, groups and templates of AWS. */
export const reader: Reader = {
  machines(stack, { cluster: { placement, network } }) {
    const { region } = awsPlacement.parse(placement);
    const name = (address: string): string => `ip-${address.replaceAll(".", "-")}.${region}.compute.internal`;
    const balancer = balancerOf(stack);
    return {
      nodes: network.nodes,
      groups: [...seats(stack, name), ...pools(stack, name)],
      volumes: blocksOf(stack, "resource", "aws_ebs_volume").map((volume) => ({
        seat: seatOf(volume),
        zone: volume.availability_zone as string,
        sizeGiB: volume.size as number,
        tags: volume.tags as Record<string, string>,
      })),
      api: { address: balancer.addresses[0] ?? "", port: balancer.port },
      balancer,
    };
  },
  objects: { type: "aws_s3_object", key: "key" },
};

/** What DNS of the VPC calls an address. */
type Name = (address: string) => string;

function seats(stack: Synthesized, hostname: Name): PlannedGroup[] {
  return blocksOf(stack, "resource", "aws_network_interface").map((networkInterface) => {
    const address = (networkInterface.private_ips as string[])[0] ?? "";
    const name = seatOf(networkInterface);
    const group = named(stack, "aws_autoscaling_group", name);
    const userData = userDataOf(named(stack, "aws_launch_template", `${name}-template`));
    const { subnet, zone } = subnetOf(stack, networkInterface.subnet_id);
    const { role } = identityOf(userData);
    const one: PlannedGroup = {
      ...groupOf(group, name, "seat"),
      machine: () => ({ name, group: one, role, hostname: hostname(address), address, subnet, zone, userData, values: {} }),
    };
    return one;
  });
}

/** A cloud keeps the first four addresses of a subnet for itself. */
const firstAddress = 4;

/** Each pool spreads its machines over its subnets, and gives every one an address that none had before. */
function pools(stack: Synthesized, hostname: Name): PlannedGroup[] {
  const groups = blocksOf(stack, "resource", "aws_autoscaling_group").filter((group) => group.vpc_zone_identifier !== undefined);
  return groups.map((group, groupIndex) => {
    const subnets = (group.vpc_zone_identifier as string[]).map((id) => subnetOf(stack, id));
    const userData = userDataOf(named(stack, "aws_launch_template", `${idOf(group)}-template`));
    const { name, role } = identityOf(userData);
    const one: PlannedGroup = {
      ...groupOf(group, name, "pool"),
      machine(n) {
        const { subnet, zone } = subnets[n % subnets.length] as (typeof subnets)[number];
        const address = hostOf(subnet, firstAddress + groupIndex * 256 + Math.floor(n / subnets.length));
        return { name: `${name}-${n}`, group: one, role, hostname: hostname(address), address, subnet, zone, userData, values: {} };
      },
    };
    return one;
  });
}

function groupOf(group: Block, name: string, kind: PlannedGroup["kind"]): Omit<PlannedGroup, "machine"> {
  const tags = group.tag as readonly { readonly key: string; readonly value: string; readonly propagate_at_launch: boolean }[];
  return {
    name,
    kind,
    size: group.min_size as number,
    tags: {
      ...Object.fromEntries(tags.filter((tag) => tag.propagate_at_launch).map(({ key, value }) => [key, value])),
      "aws:autoscaling:groupName": group.name as string,
    },
  };
}

function balancerOf(stack: Synthesized): PlannedBalancer {
  const [balancer, target] = ["aws_lb", "aws_lb_target_group"].map((type) => blocksOf(stack, "resource", type)[0]);
  if (!balancer || !target) throw new Error("the synthesized stack has no load balancer");
  const check = target.health_check as Readonly<Record<string, string & number>>;
  const groups = blocksOf(stack, "resource", "aws_autoscaling_group").filter((group) => group.target_group_arns !== undefined);
  return {
    addresses: (balancer.subnet_mapping as { private_ipv4_address: string }[]).map((place) => place.private_ipv4_address),
    port: target.port as number,
    targets: groups.map(idOf),
    health: {
      path: check["path"] ?? "/",
      intervalSeconds: check["interval"] ?? NaN,
      timeoutSeconds: check["timeout"] ?? NaN,
      good: check["healthy_threshold"] ?? NaN,
      bad: check["unhealthy_threshold"] ?? NaN,
    },
  };
}

function userDataOf(template: Block): string {
  return Buffer.from(template.user_data as string, "base64").toString("utf8");
}

const seatOf = (block: Block): string => (block.tags as Record<string, string>)[seatTag] ?? "";

function subnetOf(stack: Synthesized, reference: unknown): { readonly subnet: string; readonly zone: string } {
  const block = named(stack, "aws_subnet", referenced(reference));
  return { subnet: block.cidr_block as string, zone: block.availability_zone as string };
}
