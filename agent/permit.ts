import { permit as permitSchema } from "../constructs/spec/store";
import type { Permit } from "../constructs/spec/store";
import { keys } from "./store/keys";
import type { Found, Objects, Read } from "./store/objects";
import type { Absent, Failure } from "./store/store";

/**
 * The permit as its holder knows it. `until` is on the monotonic clock, counted from before the store was asked, so that
 * the holder never believes in it for longer than the store does.
 */
export interface HeldPermit {
  readonly permit: Permit;
  readonly version: string;
  readonly until: number;
}

export type Acquired =
  | { readonly kind: "held"; readonly held: HeldPermit }
  | { readonly kind: "taken"; readonly by: Permit }
  | { readonly kind: "lost" }
  | Failure
  | { readonly kind: "torn"; readonly reason: string };

export function readPermit(objects: Objects): Promise<Read<Permit>> {
  return objects.read(keys.permit, permitSchema);
}

/**
 * Takes the permit, or takes up one that an earlier machine of this seat left. What it is wanted for is checked by the
 * caller afterwards, while it is held.
 */
export async function acquirePermit(
  objects: Objects,
  holder: string,
  purpose: Permit["purpose"],
  reason: string,
  seconds: number,
): Promise<Acquired> {
  const asked = objects.monotonic();
  const read = await readPermit(objects);
  if (read.kind !== "found" && read.kind !== "absent") return read;
  if (read.kind === "found" && isTaken(read) && read.value.holder !== holder) return { kind: "taken", by: read.value };
  return write(objects, read, { holder, purpose, reason }, asked, seconds);
}

/** Gives it back. It stays as an object, so that its fencing number never falls. */
export async function releasePermit(objects: Objects, holder: string): Promise<"released" | "kept"> {
  const read = await readPermit(objects);
  if (read.kind === "absent" || (read.kind === "found" && (read.value.holder !== holder || !isTaken(read)))) return "released";
  if (read.kind !== "found") return "kept";
  const written = await objects.replace(keys.permit, { ...read.value, until: instant(read.now) }, read.version);
  return written.kind === "written" || written.kind === "conflict" ? "released" : "kept";
}

/** Whether a permit holds by the store's own clock. */
export function isTaken({ value, now }: Pick<Found<Permit>, "value" | "now">): boolean {
  return Date.parse(value.until) > now;
}

/** Seconds that a holder may still act on it. */
export function permitLeft(held: HeldPermit | undefined, monotonic: number): number | undefined {
  return held && held.until > monotonic ? (held.until - monotonic) / 1000 : undefined;
}

async function write(
  objects: Objects,
  before: Found<Permit> | Absent,
  wanted: Pick<Permit, "holder" | "purpose" | "reason">,
  asked: number,
  seconds: number,
): Promise<Acquired> {
  const fence = before.kind === "found" ? before.value.fence + 1 : 1;
  const permit: Permit = { ...wanted, fence, until: instant(before.now + seconds * 1000) };
  const written =
    before.kind === "found" ? await objects.replace(keys.permit, permit, before.version) : await objects.create(keys.permit, permit);
  if (written.kind === "conflict") return { kind: "lost" };
  return written.kind === "written" ? { kind: "held", held: { permit, version: written.version, until: asked + seconds * 1000 } } : written;
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** How the control plane stands, looked at by a machine that holds the permit. */
export interface ControlPlane {
  /** Seats that are not what they should be, the asking one left out: etcd seats that are no healthy voter, masters that are not ready. */
  readonly unhealthy: readonly string[];
  /** Whether the asking machine serves: its member votes, or its API server is ready. */
  readonly serves: boolean;
  /** Whether etcd has a quorum without the asking machine. */
  readonly quorumWithout: boolean;
}

/** Why a serving machine may not be taken down now; undefined when it may. At NOSPACE a quorum is enough. */
export function mayNotDisturb(plane: ControlPlane, why: "roll-out" | "update" | "defragment" | "nospace"): string | undefined {
  if (why === "nospace") return plane.quorumWithout ? undefined : "etcd would have no quorum without this machine";
  return plane.unhealthy.length === 0 ? undefined : `not healthy: ${plane.unhealthy.join(", ")}`;
}

/** Why a broken machine may not be given up now; undefined when it may. */
export function mayNotGiveUp(plane: ControlPlane): string | undefined {
  return plane.serves ? "this machine still serves" : undefined;
}
