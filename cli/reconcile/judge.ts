import { isDeepStrictEqual } from "node:util";
import type { Plan, ResourceChange } from "../../terraform/plan";

/** All that a plan may do; it may also do less. */
export interface Allowed {
  /** The member's machine, and whether one that is there may go. */
  readonly machine?: { readonly address: string; readonly mayGo: boolean };
  /** May be made, and never goes. */
  readonly volume?: string;
  /** What gives the volume to the seat's machines: which one, may change. */
  readonly attachment?: string;
  /** What lists the machines by their ids: the list alone may change. */
  readonly lists?: readonly string[];
}

/** Something that a plan would do and may not. */
export interface Refusal {
  readonly address: string;
  readonly value: string;
  readonly rule: string;
  readonly then: string;
}

/** The argument of anti-affinity rules and groups that names machines. */
const listOfMachines = "virtual_machine_ids";

/** Of Google's configuration of one machine: its disk and its address. */
const whatIsAttached = "preserved_state";

/** What a plan would do besides what it is for; empty when it may be applied. */
export function refusals(plan: Plan, allowed: Allowed): readonly Refusal[] {
  return changes(plan).flatMap((change) => refusal(change, allowed) ?? []);
}

/** Everything that a plan does to objects. */
export function changes({ resource_changes: all = [] }: Plan): readonly ResourceChange[] {
  return all.filter(({ mode, change }) => mode === "managed" && !isDeepStrictEqual(change.actions, ["no-op"]));
}

function refusal(change: ResourceChange, { machine, volume, attachment, lists = [] }: Allowed): Refusal | undefined {
  const { address, deposed } = change;
  const does = actions(change);
  const refused = (rule: string, then: string): Refusal => ({ address, value: does, rule, then });
  if (deposed !== undefined) return refused("nothing that an earlier run left is touched", "look at it, and apply the stack by hand");
  if (address === machine?.address) {
    if (does === "create") return undefined;
    if (!machine.mayGo || !["delete+create", "create+delete"].includes(does))
      return refused("this machine is made, and not changed", "look at what differs, and apply the stack by hand");
    const lost = ownDisks(change);
    if (lost.length === 0) return undefined;
    return { ...refused("a machine goes without its data disks", "detach it from the machine first"), value: `disk ${lost.join(", ")}` };
  }
  if (address === volume && does === "create") return undefined;
  if (does.includes("delete") && /disk|volume/.test(change.type))
    return refused("a data disk is never destroyed", "find out why Terraform wants to: nothing that this run asks for needs it");
  if (lists.includes(address) && does === "create") return undefined;
  const mayChange = lists.includes(address) ? listOfMachines : address === attachment ? whatIsAttached : undefined;
  if (mayChange !== undefined && does === "update") {
    const others = differing(change).filter((name) => name !== mayChange);
    if (others.length === 0) return undefined;
    return { ...refused(`only its ${mayChange} changes`, "apply the stack by hand"), value: `update of ${others.join(", ")}` };
  }
  return refused("only what is asked for is changed", "look at what differs, and apply the stack by hand");
}

function actions({ change }: ResourceChange): string {
  return change.actions.join("+");
}

/** Labels of disks that would be destroyed with a machine, its first one left out: that holds the system alone. */
function ownDisks({ change }: ResourceChange): readonly string[] {
  const disks = (change.before?.["disk"] ?? []) as readonly Readonly<Record<string, unknown>>[];
  return disks
    .filter((disk) => disk["unit_number"] !== 0 && disk["attach"] !== true && disk["keep_on_remove"] !== true)
    .map((disk) => String(disk["label"]));
}

function differing({ change: { before, after, after_unknown: unknown } }: ResourceChange): readonly string[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {}), ...Object.keys(unknown)]);
  return [...names].filter((name) => isUnknown(unknown[name]) || !isDeepStrictEqual(before?.[name], after?.[name]));
}

function isUnknown(value: unknown): boolean {
  return value === true || (typeof value === "object" && value !== null && Object.values(value).some(isUnknown));
}
