import { readFileSync } from "node:fs";
import { join } from "node:path";
import { blocksOf, readSynthesized, type Block, type Synthesized } from "../terraform/synthesized";
import type { CompleteEnvironment } from "../constructs/spec/environment";
import { seatTag } from "../constructs/spec/tag-names";
import { machineIdentity, type MachineIdentity } from "../constructs/spec/store";
import { hostOf } from "../constructs/spec/cidr";
import { readChecked, writeStacks } from "../stacks/synthesize";
import { machineJson } from "./user-data";

/** One machine as the synthesized groups, templates, interfaces and subnets describe it. */
export interface PlannedMachine {
  /** `etcd-0`, `general-0` */
  readonly name: string;
  /** Its seat, or its pool. */
  readonly group: PlannedGroup;
  readonly role: MachineIdentity["role"];
  readonly address: string;
  readonly subnet: string;
  readonly zone: string;
  readonly userData: string;
}

/** What brings machines: the group of one seat, or that of a pool. */
export interface PlannedGroup {
  /** Of the seat or the pool: `etcd-0`, `general` */
  readonly name: string;
  readonly kind: "seat" | "pool";
  /** How many machines it has at least. */
  readonly size: number;
  /** Of its machines; the cloud itself adds the name that the group has there. */
  readonly tags: Readonly<Record<string, string>>;
  /** The machine that it starts as its n-th. */
  machine(n: number): PlannedMachine;
}

/** A disk that outlives the machines of its seat. */
export interface PlannedVolume {
  readonly seat: string;
  readonly zone: string;
  readonly sizeGiB: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** What passes connections on to the masters. */
export interface PlannedBalancer {
  /** One in every zone. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** Seats whose machines it passes connections to. */
  readonly targets: readonly string[];
  readonly health: {
    readonly path: string;
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly good: number;
    readonly bad: number;
  };
}

export interface Planned {
  readonly environment: CompleteEnvironment;
  readonly groups: readonly PlannedGroup[];
  readonly volumes: readonly PlannedVolume[];
  readonly balancer: PlannedBalancer;
  /** What Terraform would put into the store, by key. */
  readonly objects: Readonly<Record<string, string>>;
}

/** Synthesizes an environment as `npm run synth` does and reads back what its machines would be. */
export function planned(folder: string, input: unknown): Planned {
  const name = "lab";
  const environment = readChecked(name, input);
  writeStacks(folder, { [name]: environment });
  const stackFolders = [name, `${name}-addons`].map((stack) => join(folder, "stacks", stack));
  const cluster = readSynthesized(stackFolders[0] ?? "");
  return {
    environment,
    groups: [...seats(cluster), ...pools(cluster)],
    volumes: blocksOf(cluster, "resource", "aws_ebs_volume").map((volume) => ({
      seat: seatOf(volume),
      zone: volume.availability_zone as string,
      sizeGiB: volume.size as number,
      tags: volume.tags as Record<string, string>,
    })),
    balancer: balancerOf(cluster),
    objects: Object.fromEntries(stackFolders.flatMap(objectsOf)),
  };
}

/** The machines of a group when it has just been made. */
export function firstMachines({ size, machine }: PlannedGroup): readonly PlannedMachine[] {
  return Array.from({ length: size }, (_, n) => machine(n));
}

function seats(stack: Synthesized): PlannedGroup[] {
  return blocksOf(stack, "resource", "aws_network_interface").map((networkInterface) => {
    const address = (networkInterface.private_ips as string[])[0] ?? "";
    const name = seatOf(networkInterface);
    const group = named(stack, "aws_autoscaling_group", name);
    const userData = userDataOf(named(stack, "aws_launch_template", `${name}-template`));
    const { subnet, zone } = subnetOf(stack, networkInterface.subnet_id);
    const one: PlannedGroup = {
      ...groupOf(group, name, "seat"),
      machine: () => ({ name, group: one, role: identityOf(userData).role, address, subnet, zone, userData }),
    };
    return one;
  });
}

/** A cloud keeps the first four addresses of a subnet for itself. */
const firstAddress = 4;

/** Each pool spreads its machines over its subnets, and gives every one an address that none had before. */
function pools(stack: Synthesized): PlannedGroup[] {
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
        return { name: `${name}-${n}`, group: one, role, address, subnet, zone, userData };
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

function objectsOf(stackFolder: string): [string, string][] {
  return blocksOf(readSynthesized(stackFolder), "resource", "aws_s3_object").map(({ key, content, source }) => [
    key as string,
    typeof content === "string" ? unescaped(content) : readFileSync((source as string).replace("${path.module}", stackFolder), "utf8"),
  ]);
}

/** Text as Terraform would write it: the two signs that begin its expressions are doubled in the synthesized form. */
export function unescaped(text: string): string {
  return text.replace(/([$%])\1\{/g, "$1{");
}

function userDataOf(template: Block): string {
  return Buffer.from(template.user_data as string, "base64").toString("utf8");
}

const identityOf = (userData: string): MachineIdentity => machineIdentity.parse(machineJson(userData));
const idOf = (block: Block): string => (block["//"] as { metadata: { uniqueId: string } }).metadata.uniqueId;
const seatOf = (block: Block): string => (block.tags as Record<string, string>)[seatTag] ?? "";

function subnetOf(stack: Synthesized, reference: unknown): { readonly subnet: string; readonly zone: string } {
  const block = named(stack, "aws_subnet", referenced(reference));
  return { subnet: block.cidr_block as string, zone: block.availability_zone as string };
}

function named(stack: Synthesized, type: string, id: string): Block {
  const block = stack.resource?.[type]?.[id];
  if (!block) throw new Error(`the synthesized stack has no ${type}.${id}`);
  return block;
}

/** `${aws_subnet.workers-a.id}` → `workers-a` */
function referenced(expression: unknown): string {
  const [, id] = /^\$\{\w+\.([\w-]+)\.id\}$/.exec(String(expression)) ?? [];
  if (id === undefined) throw new Error(`${String(expression)} is no reference to a resource`);
  return id;
}
