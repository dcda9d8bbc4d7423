import { AutoScalingClient, DescribeAutoScalingGroupsCommand, type AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import { Machines } from "./instances";
import type { StateResource } from "../../terraform/terraform";

/** What came after one member of a group was terminated. */
export interface Replacement {
  readonly group: string;
  readonly terminated: string;
  /** Absent: nothing came. */
  readonly by?: string;
  readonly address?: string;
  /** The address of the interface that the group's template names; absent for a pool. */
  readonly seatAddress?: string;
  readonly wanted: number;
  readonly members: number;
}

export interface Repair {
  readonly replacements: readonly Replacement[];
  /** Groups whose wanted size is 0. */
  readonly empty: readonly string[];
}

/** Terminates one instance of every group, through the EC2 API alone, and looks at what the group then holds. */
export async function terminateOneOfEach(endpoint: string, region: string, state: readonly StateResource[]): Promise<Repair> {
  const client = { endpoint, region, credentials: { accessKeyId: "emulated", secretAccessKey: "emulated" } };
  const groups = new AutoScalingClient(client);
  const machines = new Machines(client);
  const names = state.filter(({ type }) => type === "aws_autoscaling_group").map(({ values }) => String(values.name));
  const seats = seatAddresses(state);
  const replacements: Replacement[] = [];
  const empty: string[] = [];
  for (const name of names.sort()) {
    const found = await group(groups, name);
    const before = members(found);
    const [terminated] = before;
    if (!terminated) {
      if (found.DesiredCapacity) throw new Error(`the group ${name} wants ${found.DesiredCapacity} instances and has none`);
      empty.push(name);
      continue;
    }
    await machines.terminate(terminated);
    const after = await group(groups, name);
    const by = members(after).find((member) => !before.includes(member));
    const address = by ? await machines.privateAddress(by) : undefined;
    const seatAddress = seats.get(name);
    replacements.push({
      group: name,
      terminated,
      ...(by === undefined ? {} : { by }),
      ...(address === undefined ? {} : { address }),
      ...(seatAddress === undefined ? {} : { seatAddress }),
      wanted: after.DesiredCapacity ?? 0,
      members: members(after).length,
    });
  }
  return { replacements, empty };
}

async function group(client: AutoScalingClient, name: string): Promise<AutoScalingGroup> {
  const { AutoScalingGroups: [found] = [] } = await client.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }));
  if (!found) throw new Error(`the emulator does not know the group ${name}`);
  return found;
}

function members({ Instances = [] }: AutoScalingGroup): string[] {
  return Instances.flatMap(({ InstanceId }) => InstanceId ?? []).sort();
}

/** Group name to the address of its seat, read from Terraform's state: group, its template, the template's interface. */
function seatAddresses(state: readonly StateResource[]): Map<string, string> {
  const addresses = byId(state, "aws_network_interface", ({ private_ip }) => String(private_ip));
  const interfaces = byId(state, "aws_launch_template", (template) => first(template.network_interfaces)?.network_interface_id);
  return new Map(
    state
      .filter(({ type }) => type === "aws_autoscaling_group")
      .flatMap(({ values }) => {
        const address = addresses.get(String(interfaces.get(String(first(values.launch_template)?.id))));
        return address ? [[String(values.name), address]] : [];
      }),
  );
}

function byId<T>(state: readonly StateResource[], type: string, value: (values: StateResource["values"]) => T): Map<string, T> {
  return new Map(state.filter((one) => one.type === type).map(({ values }) => [String(values.id), value(values)]));
}

function first(list: unknown): Readonly<Record<string, unknown>> | undefined {
  return Array.isArray(list) ? (list[0] as Readonly<Record<string, unknown>> | undefined) : undefined;
}

export function isWhole({ by, address, seatAddress, wanted, members: held }: Replacement): boolean {
  return by !== undefined && held === wanted && (seatAddress === undefined || seatAddress === address);
}

export function describeReplacement({ group: name, terminated, by, address, seatAddress }: Replacement): string {
  const seat =
    seatAddress === undefined ? "" : address === seatAddress ? ", the seat's address" : `, not the seat's address ${seatAddress}`;
  return `${name}: ${terminated} -> ${by ? `${by} at ${address ?? "no address"}${seat}` : "nothing"}`;
}
