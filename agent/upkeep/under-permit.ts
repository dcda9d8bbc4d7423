import { acquirePermit, isTaken, mayNotDisturb, permitLeft, readPermit, type ControlPlane } from "../permit";
import { keys } from "../store/keys";
import type { Objects } from "../store/objects";
import type { Timing } from "../timing";

export type Done =
  | { readonly kind: "done" }
  /** Nothing was done. */
  | { readonly kind: "not-now"; readonly reason: string }
  /** It may go on by itself, so the permit stays until it expires. */
  | { readonly kind: "unknown"; readonly reason: string };

export interface Disturbance {
  readonly objects: Objects;
  readonly seat: string;
  readonly times: Pick<Timing, "permit" | "permitMargin">;
  readonly why: "defragment" | "nospace";
  readonly plane: () => Promise<ControlPlane>;
  readonly work: (plane: ControlPlane) => Promise<Done>;
}

/** Disturbs the own machine under the cluster's permit, and gives it back; without it, and unless the others are well, not at all. */
export async function underPermit({ objects, seat, times, why, plane, work }: Disturbance): Promise<Done> {
  const before = await readPermit(objects);
  if (before.kind !== "found" && before.kind !== "absent") return { kind: "not-now", reason: `the permit is ${before.kind}` };
  // Held by this seat is held as well: its own loop has it, for a roll-out or a change of membership.
  if (before.kind === "found" && isTaken(before)) return { kind: "not-now", reason: `${before.value.holder} holds the permit` };
  const acquired = await acquirePermit(objects, seat, "disturb", `etcd: ${why}`, times.permit);
  if (acquired.kind !== "held") return { kind: "not-now", reason: `the permit is ${acquired.kind}` };
  const { held } = acquired;
  // The seat's own loop took it in between: theirs to use, and theirs to give back.
  if (held.permit.fence !== (before.kind === "found" ? before.value.fence : 0) + 1)
    return { kind: "not-now", reason: `${seat} holds the permit` };
  const others = await plane();
  // At NOSPACE a quorum is enough, and so is having no others.
  const refused = mayNotDisturb(others, "defragment") && mayNotDisturb(others, why);
  const time = (permitLeft(held, objects.monotonic()) ?? 0) > times.permitMargin;
  const done: Done = refused || !time ? { kind: "not-now", reason: refused ?? "the permit is about to expire" } : await work(others);
  // Only this very permit: what came after it is somebody else's. Then was before now, by the store's clock.
  const then = new Date(before.now).toISOString();
  if (done.kind !== "unknown") await objects.replace(keys.permit, { ...held.permit, until: then }, held.version);
  return done;
}
