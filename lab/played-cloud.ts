import type { ClusterSpec } from "../constructs/spec/cluster-spec";
import type { LabEnvironment } from "./environment";
import type { Wires } from "./network";
import type { Scenario } from "./scenarios/scenario";
import type { StoreKind } from "./store/running";
import type { PlannedMachine, Reader } from "./synthesized";
import type { Plug } from "./volumes";

export const cloudNames = ["aws", "google", "vsphere"] as const;
export type CloudName = (typeof cloudNames)[number];

/** How the lab plays a cloud. A folder of its name holds the parts, in files that are called alike. */
export interface PlayedCloud {
  readonly name: CloudName;
  /** The environment that it extends: `prod-aws` */
  readonly production: string;
  readonly environment: LabEnvironment;
  readonly reader: Reader;
  readonly plug: Plug;
  readonly wires: Wires;
  /** Whether the cloud filters what machines send to each other. @default they do so themselves */
  readonly filters: boolean;
  readonly store: StoreKind;
  /** Name of the cloud's own API. */
  readonly apiHost: (spec: ClusterSpec) => string;
  /** Names that lead to the API, beside its address. */
  readonly apiNames: (spec: ClusterSpec) => readonly string[];
  /** A new machine: its id, `i-0123456789abcdef0`, and what its root has that no user-data bring. */
  readonly born: (plan: PlannedMachine) => { readonly id: string; furnish(root: string): void };
  /** The platform that Ignition is told to be on; "file" where it asks for user-data in a way that only hardware answers. */
  readonly ignition: "aws" | "gcp" | "file";
  /** Objects that a person puts into the store after the first apply, by key. */
  readonly byHand: (spec: ClusterSpec) => Readonly<Record<string, string>>;
  /** Whether its figures are kept, in `docs/faults.md` and `lab/recorded.json`: those of one cloud are no measure for another. */
  readonly onRecord: boolean;
  /** Faults that other clouds do not have. */
  readonly scenarios: readonly Scenario[];
  /** What stands in for parts of this cloud; the output of every run says so. */
  readonly standIns: readonly string[];
}
