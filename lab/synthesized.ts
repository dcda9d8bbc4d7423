import { join } from "node:path";
import { blocksOf, readSynthesized, type Block, type Synthesized } from "../emulated/synthesized";
import type { CompleteEnvironment } from "../constructs/spec/environment";
import { machineIdentity, type MachineIdentity } from "../constructs/spec/store";
import { hostOf } from "../constructs/spec/cidr";
import { readChecked, writeStacks } from "../stacks/synthesize";
import { machineJson } from "./user-data";

/** One machine as the synthesized groups, templates, interfaces and subnets describe it. */
export interface PlannedMachine {
  /** `etcd-0`, `general-0` */
  readonly name: string;
  readonly role: MachineIdentity["role"];
  readonly address: string;
  readonly subnet: string;
  readonly userData: string;
}

export interface Planned {
  readonly environment: CompleteEnvironment;
  readonly machines: readonly PlannedMachine[];
  /** What Terraform would put into the store, by key. */
  readonly objects: Readonly<Record<string, string>>;
}

/** Synthesizes an environment as `npm run synth` does and reads back what its machines would be. */
export function planned(folder: string, input: unknown): Planned {
  const name = "lab";
  const environment = readChecked(name, input);
  writeStacks(folder, { [name]: environment });
  const stacks = [name, `${name}-addons`].map((stack) => readSynthesized(join(folder, "stacks", stack)));
  const cluster = stacks[0] as Synthesized;
  return {
    environment,
    machines: [...seats(cluster), ...workers(cluster)],
    objects: Object.fromEntries(stacks.flatMap((stack) => blocksOf(stack, "resource", "aws_s3_object")).map(objectOf)),
  };
}

function seats(stack: Synthesized): PlannedMachine[] {
  return blocksOf(stack, "resource", "aws_network_interface").map((networkInterface) => {
    const address = (networkInterface.private_ips as string[])[0] ?? "";
    const id = seatOf(networkInterface);
    const userData = userDataOf(named(stack, "aws_launch_template", `${id}-template`));
    const subnet = named(stack, "aws_subnet", referenced(networkInterface.subnet_id)).cidr_block as string;
    return { name: id, role: roleOf(userData), address, subnet, userData };
  });
}

/** A cloud keeps the first four addresses of a subnet for itself. */
const firstAddress = 4;

/** As many machines of each pool as it has at least, spread over its subnets. */
function workers(stack: Synthesized): PlannedMachine[] {
  const groups = blocksOf(stack, "resource", "aws_autoscaling_group").filter((group) => group.vpc_zone_identifier !== undefined);
  return groups.flatMap((group, groupIndex) => {
    const subnets = (group.vpc_zone_identifier as string[]).map((id) => named(stack, "aws_subnet", referenced(id)).cidr_block as string);
    const userData = userDataOf(named(stack, "aws_launch_template", `${idOf(group)}-template`));
    return Array.from({ length: group.min_size as number }, (_, index) => {
      const subnet = subnets[index % subnets.length] as string;
      const address = hostOf(subnet, firstAddress + groupIndex * 256 + Math.floor(index / subnets.length));
      return { name: `${machineIdentity.parse(machineJson(userData)).name}-${index}`, role: roleOf(userData), address, subnet, userData };
    });
  });
}

function objectOf(block: Block): [string, string] {
  return [block.key as string, unescaped(block.content as string)];
}

/** Text as Terraform would write it: the two signs that begin its expressions are doubled in the synthesized form. */
export function unescaped(text: string): string {
  return text.replace(/([$%])\1\{/g, "$1{");
}

function userDataOf(template: Block): string {
  return Buffer.from(template.user_data as string, "base64").toString("utf8");
}

const roleOf = (userData: string): MachineIdentity["role"] => machineIdentity.parse(machineJson(userData)).role;
const idOf = (block: Block): string => (block["//"] as { metadata: { uniqueId: string } }).metadata.uniqueId;
const seatOf = (block: Block): string => (block.tags as Record<string, string>)["coppice-seat"] ?? "";

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
