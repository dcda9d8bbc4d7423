import { workerGrant } from "../../constructs/spec/store";
import type { Objects } from "../store/objects";
import { storeKeys } from "./store-keys";
import type { KubernetesTimes } from "./times";

/** One look of a worker at itself. */
export interface WorkerLook {
  /** `not due`: something that others have to give is missing, so that this machine cannot be blamed. */
  readonly kubelet: "healthy" | "unhealthy" | "not due";
  /** Why nothing can be written to the root disk. */
  readonly rootDisk?: string;
}

/** Since when a worker is broken, on the monotonic clock in milliseconds. */
export interface Brokenness {
  readonly since: number;
  readonly reason: string;
}

/** Broken without a break: systemd starts a kubelet again all the while, and one good look ends it. */
export function nextBrokenness(before: Brokenness | undefined, look: WorkerLook, monotonic: number): Brokenness | undefined {
  const reason = look.rootDisk ?? (look.kubelet === "unhealthy" ? "the kubelet does not answer on its health port" : undefined);
  return reason === undefined ? undefined : { since: before?.since ?? monotonic, reason };
}

export type WorkerStep =
  | { readonly kind: "rest" }
  /** Put the request into the store, if there is none. */
  | { readonly kind: "ask"; readonly reason: string }
  /** Move the pods away, then power off. */
  | { readonly kind: "leave"; readonly reason: string; readonly seconds: number };

/**
 * What a worker does about itself. It powers off only while it is broken and holds a grant with time left, whoever asked
 * for it; without the store nobody grants anything, and it stays.
 * @param grantLeft seconds that a grant still holds, by the store's clock
 */
export function decideRequest(
  broken: Brokenness | undefined,
  grantLeft: number | undefined,
  monotonic: number,
  times: KubernetesTimes,
): WorkerStep {
  if (!broken || monotonic - broken.since < times.broken * 1000) return { kind: "rest" };
  if (grantLeft === undefined || grantLeft <= 0) return { kind: "ask", reason: broken.reason };
  return { kind: "leave", reason: broken.reason, seconds: Math.min(times.drain, grantLeft) };
}

export interface Requester {
  readonly objects: Objects;
  readonly instance: string;
  readonly pool: string;
  readonly monotonic: () => number;
  readonly times: KubernetesTimes;
}

export type Requested = Exclude<WorkerStep, { kind: "ask" }> | { readonly kind: "asked" | "waits"; readonly reason: string };

/** Asks for the replacement of this machine, or learns that it was granted. A healthy worker makes no call at all. */
export async function requestReplacement(requester: Requester, broken: Brokenness | undefined): Promise<Requested> {
  const { objects, instance, pool, monotonic, times } = requester;
  if (decideRequest(broken, undefined, monotonic(), times).kind === "rest") return { kind: "rest" };
  const grant = await objects.read(storeKeys.workerGrant(instance), workerGrant);
  if (grant.kind !== "found" && grant.kind !== "absent") return { kind: "waits", reason: grant.reason };
  const left = grant.kind === "found" ? (Date.parse(grant.value.until) - grant.now) / 1000 : undefined;
  const step = decideRequest(broken, left, monotonic(), times);
  if (step.kind !== "ask") return step;
  const at = new Date(grant.now).toISOString();
  const created = await objects.create(storeKeys.workerRequest(instance), { instance, pool, reason: step.reason, at });
  // Once only: what is there waits for a master, or to be forgotten by one.
  return created.kind === "written" || created.kind === "conflict"
    ? { kind: "asked", reason: step.reason }
    : { kind: "waits", reason: created.reason };
}
