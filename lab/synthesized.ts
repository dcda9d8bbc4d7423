import { readFileSync } from "node:fs";
import { appliedKey } from "../constructs/platform/platform";
import { join } from "node:path";
import { blocksOf, readSynthesized, type Block, type Synthesized } from "../terraform/synthesized";
import type { CompleteEnvironment } from "../constructs/spec/environment";
import { machineIdentity, type MachineIdentity } from "../constructs/spec/store";
import { readChecked, writeStacks } from "../stacks/synthesize";
import { machineJson } from "./user-data";

/** One machine as the synthesized stack describes it. */
export interface PlannedMachine {
  /** `etcd-0`, `general-0` */
  readonly name: string;
  /** Its seat, or its pool. */
  readonly group: PlannedGroup;
  readonly role: MachineIdentity["role"];
  /** As the cloud calls it: `ip-10-0-0-4.eu-central-1.compute.internal`, `prod-etcd-0` */
  readonly hostname: string;
  readonly address: string;
  readonly subnet: string;
  readonly zone: string;
  readonly userData: string;
  /** What the cloud tells it besides, by key: `guestinfo.coppice.machine` */
  readonly values: Readonly<Record<string, string>>;
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
  /** One in every zone, or one for all. */
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

/** What a stack says of machines. */
export interface PlannedMachines {
  /** The block that all of them are in. */
  readonly nodes: string;
  readonly groups: readonly PlannedGroup[];
  readonly volumes: readonly PlannedVolume[];
  /** Where clients find the API. */
  readonly api: { readonly address: string; readonly port: number };
  /** None where masters share an address. */
  readonly balancer?: PlannedBalancer;
}

export interface Planned extends PlannedMachines {
  readonly environment: CompleteEnvironment;
  /** What Terraform would put into the store, by key. */
  readonly objects: Readonly<Record<string, string>>;
}

/** How a cloud's stacks are read back. */
export interface Reader {
  readonly machines: (stack: Synthesized, environment: CompleteEnvironment) => PlannedMachines;
  /** The resource that puts an object into the store, and its argument for the key. */
  readonly objects: { readonly type: string; readonly key: string };
}

/** Synthesizes an environment as `npm run synth` does and reads back what its machines would be. */
export function planned(reader: Reader, folder: string, input: unknown): Planned {
  const name = "lab";
  const environment = readChecked(name, input);
  writeStacks(folder, { [name]: environment });
  const stackFolders = [name, `${name}-addons`].map((stack) => join(folder, "stacks", stack));
  return {
    environment,
    ...reader.machines(readSynthesized(stackFolders[0] ?? ""), environment),
    objects: Object.fromEntries(stackFolders.flatMap((stack) => objectsOf(stack, reader.objects))),
  };
}

/** The machines of a group when it has just been made. */
export function firstMachines({ size, machine }: PlannedGroup): readonly PlannedMachine[] {
  return Array.from({ length: size }, (_, n) => machine(n));
}

function objectsOf(stackFolder: string, { type, key }: Reader["objects"]): [string, string][] {
  const objects = blocksOf(readSynthesized(stackFolder), "resource", type);
  // Terraform itself computes which commit was applied, and no machine reads it.
  return objects
    .filter(({ [key]: name }) => name !== appliedKey)
    .map(({ [key]: name, content, source }) => [
      name as string,
      typeof content === "string" ? unescaped(content) : readFileSync((source as string).replace("${path.module}", stackFolder), "utf8"),
    ]);
}

/** Text as Terraform would write it: the two signs that begin its expressions are doubled in the synthesized form. */
export function unescaped(text: string): string {
  return text.replace(/([$%])\1\{/g, "$1{");
}

export const identityOf = (userData: string): MachineIdentity => machineIdentity.parse(machineJson(userData));
export const idOf = (block: Block): string => (block["//"] as { metadata: { uniqueId: string } }).metadata.uniqueId;

export function named(stack: Synthesized, type: string, id: string): Block {
  const block = stack.resource?.[type]?.[id];
  if (!block) throw new Error(`the synthesized stack has no ${type}.${id}`);
  return block;
}

/** `${aws_subnet.workers-a.id}` → `workers-a` */
export function referenced(expression: unknown): string {
  const [, id] = /^\$\{\w+\.([\w-]+)\.\w+\}$/.exec(String(expression)) ?? [];
  if (id === undefined) throw new Error(`${String(expression)} is no reference to a resource`);
  return id;
}
