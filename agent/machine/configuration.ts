import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { roleConfiguration, type RoleConfiguration } from "../../constructs/spec/role-configuration";
import type { Role } from "../../constructs/spec/roles";
import { Place } from "../pki/place";
import { configurationFor, hasFailed, readRollout } from "../rollout";
import type { Objects } from "../store/objects";
import type { Store } from "../store/store";
import { configurationFile } from "./paths";

/** A role configuration with the digest of its very bytes. */
export interface Configured {
  readonly digest: string;
  readonly value: RoleConfiguration;
  readonly text: string;
}

export type Fetched =
  | { readonly kind: "configured"; readonly configured: Configured }
  /** Not now: store, rights, or nothing there yet. */
  | { readonly kind: "missing"; readonly reason: string }
  /** It is there and is none of this machine's: a person has to look. */
  | { readonly kind: "refused"; readonly reason: string };

export const configurationKey = (role: Role, digest: string): string => `config/${role}/${digest}`;
export const desiredKey = (role: Role): string => `desired/${role}`;

/** Parsed once per version: it is asked for again and again. */
const desired = new WeakMap<Store, Map<Role, { readonly version: string; readonly fetched: Fetched }>>();

/** Digest and text of what the pipeline wants, put under its digest for all, so that a new desire never deletes it. */
export async function readDesired(store: Store, cluster: string, role: Role): Promise<Fetched> {
  const read = await store.get(desiredKey(role));
  if (read.kind !== "found") return { kind: "missing", reason: `${desiredKey(role)}: ${read.kind === "absent" ? "absent" : read.reason}` };
  const known = desired.get(store) ?? new Map<Role, { version: string; fetched: Fetched }>();
  desired.set(store, known);
  const before = known.get(role);
  if (before?.version === read.version) return before.fetched;
  const parsed = parse(read.body, cluster, role, desiredKey(role));
  known.set(role, { version: read.version, fetched: parsed });
  if (parsed.kind === "configured") await store.putIfAbsent(configurationKey(role, parsed.configured.digest), read.body);
  return parsed;
}

export async function readConfiguration(store: Store, cluster: string, role: Role, digest: string): Promise<Fetched> {
  const key = configurationKey(role, digest);
  const read = await store.get(key);
  if (read.kind !== "found") return { kind: "missing", reason: `${key}: ${read.kind === "absent" ? "absent" : read.reason}` };
  const parsed = parse(read.body, cluster, role, key);
  if (parsed.kind === "configured" && parsed.configured.digest !== digest)
    return { kind: "refused", reason: `${key} does not have the digest that it is named by` };
  return parsed;
}

/** What this machine boots: as the roll-out says, else what is desired; without the store, what it booted last. */
export async function bootConfiguration(store: Store, objects: Objects, cluster: string, role: Role, machine: string): Promise<Fetched> {
  const rollout = await readRollout(objects, role);
  const desired = await readDesired(store, cluster, role);
  if (rollout.kind === "found" && objects.now() !== undefined) {
    const wanted = desired.kind === "configured" ? desired.configured.digest : rollout.value.good;
    const now = objects.now() as number;
    const digest = configurationFor(rollout.value, machine, wanted, now, { repairBootsGood: true });
    const chosen = await readConfiguration(store, cluster, role, digest);
    if (chosen.kind !== "configured" || hasSeat(chosen.configured, machine)) return chosen;
    // A seat that is new has nothing to go back to: it begins with what brings it, or waits.
    const failed = hasFailed(rollout.value, now) && rollout.value.candidate === wanted;
    if (!failed && desired.kind === "configured" && hasSeat(desired.configured, machine)) return desired;
    return { kind: "missing", reason: `${machine} is a seat of no configuration${failed ? " but of the one that failed" : ""}` };
  }
  // Only a store that says that there is no roll-out makes what is desired the good one.
  if (rollout.kind === "absent") return desired;
  return { kind: "missing", reason: `rollout/${role}: ${rollout.kind === "found" ? "no clock yet" : rollout.reason}` };
}

/** Workers have none. */
function hasSeat({ value: { role, seats } }: Configured, machine: string): boolean {
  return role === "worker" || seats[role === "etcd" ? "etcd" : "masters"].some(({ name }) => name === machine);
}

/** What was applied last. Undefined on a new machine. */
export async function keptConfiguration(cluster: string, role: Role): Promise<Configured | undefined> {
  const text = await readFile(configurationFile, "utf8").catch(() => undefined);
  const parsed = text === undefined ? undefined : parse(text, cluster, role, configurationFile);
  return parsed?.kind === "configured" ? parsed.configured : undefined;
}

export async function keepConfiguration(place: Place, { text }: Configured): Promise<void> {
  await place.write({ path: configurationFile, mode: "0600", owner: "root:root" }, text);
}

function parse(text: string, cluster: string, role: Role, from: string): Fetched {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: "refused", reason: `${from} is not JSON` };
  }
  const parsed = roleConfiguration.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { kind: "refused", reason: `${from}: ${issue?.path.join(".")}: ${issue?.message}` };
  }
  const { data } = parsed;
  if (data.cluster !== cluster || data.role !== role) return { kind: "refused", reason: `${from} is for ${data.role}s of ${data.cluster}` };
  return { kind: "configured", configured: { digest: createHash("sha256").update(text).digest("hex"), value: data, text } };
}
