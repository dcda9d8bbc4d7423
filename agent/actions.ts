import type { SnapshotRecord } from "../constructs/spec/store";

/** The one thing that a seat does next. Each is idempotent: after a crash at any point, the next decision goes on or does it again. */
export type Action =
  /** Nothing to do: a member that runs, runs on. */
  | { readonly kind: "run" }
  | { readonly kind: "wait"; readonly message: string; readonly request?: "volume" }
  /** A person must do what the message says. Nothing is stopped, formatted or overwritten. */
  | { readonly kind: "halt"; readonly message: string }
  /** File system, if the volume is blank, and marker. */
  | { readonly kind: "format" }
  /** The epoch's identity on the disk, before anything is done in it. */
  | { readonly kind: "remember" }
  /** First epoch, put if absent. */
  | { readonly kind: "bootstrap" }
  /** `joined` by compare-and-swap, then the marker, then start: as new, or on data that was restored for it. */
  | { readonly kind: "join"; readonly as: "new" | "restored" }
  | { readonly kind: "start" }
  /** Stop, and move the data aside. Lifts a fence of an older epoch. */
  | { readonly kind: "archive"; readonly reason: string }
  | { readonly kind: "stop"; readonly reason: string }
  | { readonly kind: "acquire"; readonly reason: string }
  | { readonly kind: "release"; readonly message: string }
  | { readonly kind: "replace"; readonly step: "remove" | "promote"; readonly member: string }
  /** `joined` with this disk, learner, marker, start. */
  | { readonly kind: "replace"; readonly step: "add" }
  | { readonly kind: "add-seat" }
  | { readonly kind: "mark-running" }
  | { readonly kind: "open" }
  /** Stop, fence on the disk, publish. */
  | { readonly kind: "vote" }
  | { readonly kind: "publish" }
  | { readonly kind: "close"; readonly as: "void" | "proceed"; readonly reason: string }
  | { readonly kind: "lift" }
  /** The next epoch: from this disk, from a snapshot, or again from nothing. */
  | { readonly kind: "raise"; readonly from: "disk" | SnapshotRecord | "nothing" }
  /** Into a temporary folder, fsync, rename. */
  | { readonly kind: "restore" };

export type Phase = "boot" | "bootstrap" | "rejoin" | "replace" | "wait" | "recover" | "run" | "halt";

/** What a seat says of itself while it does this. */
export function phaseOf(action: Action): Phase {
  switch (action.kind) {
    case "run":
    case "mark-running":
    case "remember":
      return "run";
    case "wait":
    case "halt":
      return action.kind;
    case "format":
    case "bootstrap":
      return "bootstrap";
    case "join":
      return action.as === "new" ? "bootstrap" : "recover";
    case "start":
      return "rejoin";
    case "archive":
    case "acquire":
    case "release":
    case "replace":
    case "add-seat":
      return "replace";
    default:
      return "recover";
  }
}
