import type { Member } from "../../constructs/platform/platform";
import type { DesiredRepair, Permit, SeatRequest } from "../../constructs/spec/store";
import type { ReconcileRecord } from "../../constructs/spec/store-reconcile";

/** What the vCenter says of a machine. */
export type Power = "on" | "off" | "suspended" | "absent" | "unreachable";

/** One member of the cluster, as the run sees it. */
export interface Seen {
  readonly member: Member;
  /** Of a machine that Terraform has made. */
  readonly machine?: {
    readonly uuid: string;
    readonly power: Power;
    /** Terraform did not get to the end when it made it. */
    readonly half: boolean;
  };
  /** Of a seat: the last word of the machine that is on it now. */
  readonly speaks?: "healthy" | "unhealthy" | "silent";
  /** Seconds since a run first saw this machine on and silent. */
  readonly silentFor?: number;
  /** Its machine before this one was silent too, and was replaced for that. */
  readonly replaced?: string;
  readonly asks?: Pick<SeatRequest, "want" | "reason" | "failed">;
}

export interface Observation {
  /** The store's clock, in milliseconds since 1970. */
  readonly now: number;
  readonly repair: DesiredRepair;
  /** Of somebody who holds it now. */
  readonly permit?: Permit;
  readonly seen: readonly Seen[];
  readonly record: ReconcileRecord;
}

/** All of it, or why nothing can be said: a part is not looked at as if it were the whole. */
export type Observed =
  { readonly kind: "whole"; readonly observation: Observation } | { readonly kind: "partial"; readonly reasons: readonly string[] };
