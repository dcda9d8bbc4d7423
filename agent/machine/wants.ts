import type { SeatRequest } from "../../constructs/spec/store";

/** What a seat's machine sees that it cannot mend itself, the first of them that there is. */
export type Fault =
  /** Nothing can be written to its root disk. */
  | { readonly kind: "root-disk"; readonly reason: string }
  /** The cloud says that the seat has no volume. */
  | { readonly kind: "no-volume"; readonly reason: string }
  /** The volume is in the machine, and takes no file system or no writes. */
  | { readonly kind: "failed-volume"; readonly reason: string; readonly quorumWithout: boolean }
  /** There is a volume, and only the next machine of the seat is given it. */
  | { readonly kind: "volume-elsewhere"; readonly reason: string };

/** Since when, on the monotonic clock in milliseconds. */
export interface Lasting {
  readonly fault: Fault;
  readonly since: number;
}

export type Want = Pick<SeatRequest, "want" | "failed" | "reason">;

/** A fault lasts as long as every look shows it. */
export function lasting(before: Lasting | undefined, fault: Fault | undefined, monotonic: number): Lasting | undefined {
  if (!fault) return undefined;
  return { fault, since: before?.fault.kind === fault.kind ? before.since : monotonic };
}

/**
 * What a seat asks for. A volume that is gone cannot be missed by mistake; everything else may pass.
 * @param brokenSeconds for how long a fault must last
 */
export function wanted(known: Lasting | undefined, monotonic: number, brokenSeconds: number): Want | undefined {
  if (!known) return undefined;
  const { fault, since } = known;
  const { reason } = fault;
  if (fault.kind === "no-volume") return { want: "volume", reason };
  if (monotonic - since < brokenSeconds * 1000) return undefined;
  // Without a quorum of the others the volume may hold what nobody else has.
  if (fault.kind === "failed-volume") return fault.quorumWithout ? { want: "volume", failed: true, reason } : undefined;
  return { want: "machine", reason };
}
