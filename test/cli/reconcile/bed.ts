import type { MemoryContents } from "../../../agent/store/memory";
import type { Report } from "../../../cli/reconcile/run";
import type { Member } from "../../../constructs/platform/platform";

/** A machine of a member, as anybody could see it. */
export interface Machine {
  readonly uuid: string;
  /** Another one for every machine: a vCenter draws UUIDs anew, and its simulator makes them of paths. */
  readonly id: string;
  readonly on: boolean;
  /** Whether the seat's volume is there, and in it. */
  readonly volume: boolean;
}

export type Harm = "delete" | "delete-with-volume" | "power-off" | "lose-volume";

/** Where machines are harmed and healed: a model, or real Terraform on an emulated vCenter. */
export interface Bed {
  readonly members: readonly Member[];
  readonly contents: MemoryContents;
  /** Milliseconds since 1970, by the store. */
  now: number;
  machines(): Promise<ReadonlyMap<string, Machine>>;
  harm(harm: Harm, member: string): Promise<void>;
  /** One run of `reconcile`, with the real permit in the store. */
  run(): Promise<Report>;
  /** What no repair may ever do, and was done: a line each. */
  violations(): Promise<readonly string[]>;
}
