import type { Architecture } from "../spec/versions";

export interface MachineType {
  readonly name: string;
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly architecture: Architecture;
}

/** The machine types of a cloud, as data. */
export interface MachineTypes {
  /** As people call the cloud. */
  readonly cloud: string;
  /** Types that a size may become, the first choice first. */
  readonly picked: readonly MachineType[];
  /** Every type of the families that are known here. */
  readonly known: readonly string[];
  /** Whether a text can be a machine type: one that is known, or one of a family that is not known here. */
  isType(type: string): boolean;
  architectureOf(type: string): Architecture;
}

/** The smallest machine type of an architecture that has what a size asks for, or none. */
export function fitting(
  types: readonly MachineType[],
  { cpus, memoryGiB }: { cpus: number; memoryGiB: number },
  architecture: Architecture,
): MachineType | undefined {
  return types.find((type) => type.architecture === architecture && type.cpus >= cpus && type.memoryGiB >= memoryGiB);
}

/** Of two types that fit, the one with less memory costs less, then the one with fewer vCPUs. */
export function cheapestFirst(types: readonly MachineType[]): readonly MachineType[] {
  return [...types].sort((a, b) => a.memoryGiB - b.memoryGiB || a.cpus - b.cpus);
}
