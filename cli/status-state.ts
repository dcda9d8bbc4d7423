import type * as z from "zod";
import * as shapes from "../constructs/spec/store";
import type { SnapshotRecord } from "../constructs/spec/store";
import { roles, type Role } from "../constructs/spec/roles";
import { etcdSeats, masterSeats } from "../constructs/spec/seats";
import { storeKeys } from "../agent/kubernetes/store-keys";
import { newestVerified } from "../agent/snapshots";
import { keys } from "../agent/store/keys";
import type { Read } from "../agent/store/objects";
import type { Cluster } from "./cluster";

/** One object as a person sees it; `unknown` when the store did not say. */
export type Seen<T> =
  | { readonly kind: "found"; readonly value: T }
  | { readonly kind: "absent" }
  | { readonly kind: "torn"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

export interface SeatSeen {
  readonly seat: string;
  readonly role: "etcd" | "master";
  readonly status: Seen<shapes.SeatStatus>;
  /** Seconds since the status was written, by the store's clock. */
  readonly age?: number;
  /** A machine that lives says something before it is as old as that. */
  readonly stale: boolean;
}

/** What the store says of a cluster. Nothing in it comes from the API. */
export interface ClusterState {
  /** The store's clock; absent when it never answered. */
  readonly at?: string;
  readonly epoch: Seen<shapes.Epoch>;
  readonly recovery: Seen<shapes.Recovery>;
  readonly permit: Seen<shapes.Permit> & { readonly taken?: boolean };
  readonly approval: Seen<shapes.Approval>;
  readonly rollouts: Readonly<Record<Role, Seen<shapes.Rollout>>>;
  readonly addons: Seen<z.output<typeof shapes.addonsRollout>>;
  readonly repair: Seen<shapes.DesiredRepair>;
  /** Whether workers find what they join with. It holds a secret: nobody needs to read it for this. */
  readonly join: "there" | "absent" | "unknown";
  readonly snapshot: SnapshotRecord | "none" | "unknown";
  readonly seats: readonly SeatSeen[];
  readonly seatRequests: readonly z.output<typeof shapes.seatRequest>[];
  readonly workerRequests: readonly (z.output<typeof shapes.workerRequest> & { readonly granted?: string })[];
}

/** A status that is one and a half of its interval old was not renewed: 45 minutes, by the agents' timing. */
export const staleSeconds = ({ times }: Pick<Cluster, "times">): number => 1.5 * times.statusQuietly;

export async function readState(cluster: Cluster): Promise<ClusterState> {
  const { objects, spec } = cluster;
  const see = async <T>(key: string, shape: z.ZodType<T>): Promise<Seen<T>> => seen(await objects.read(key, shape));
  const epoch = await see(keys.epoch, shapes.epoch);
  const now = objects.now();
  const [recovery, permit, join, repair, addons, snapshot] = await Promise.all([
    see(keys.recovery, shapes.recovery),
    see(keys.permit, shapes.permit),
    objects.list(storeKeys.join),
    see("desired/repair", shapes.desiredRepair),
    see(keys.rollout("addons"), shapes.addonsRollout),
    newestVerified(objects),
  ]);
  const rollouts = await Promise.all(roles.map(async (role) => [role, await see(keys.rollout(role), shapes.rollout)] as const));
  const listed = epoch.kind === "found" ? epoch.value.seats.map(({ name }) => name) : [];
  const names = [...new Set([...etcdSeats(spec).map(({ name }) => name), ...listed, ...masterSeats(spec).map(({ name }) => name)])];
  return {
    ...(now === undefined ? {} : { at: new Date(now).toISOString() }),
    epoch,
    recovery,
    permit: permit.kind === "found" && now !== undefined ? { ...permit, taken: Date.parse(permit.value.until) > now } : permit,
    approval: epoch.kind === "found" ? await see(keys.approval(epoch.value.number), shapes.approval) : { kind: "absent" },
    rollouts: Object.fromEntries(rollouts) as ClusterState["rollouts"],
    addons,
    repair,
    join: join.kind !== "listed" ? "unknown" : join.keys.includes(storeKeys.join) ? "there" : "absent",
    snapshot,
    seats: await Promise.all(names.map((name) => seatSeen(cluster, name))),
    seatRequests: await requests(cluster, "requests/seats/", shapes.seatRequest),
    workerRequests: await granted(cluster, await requests(cluster, storeKeys.workerRequests, shapes.workerRequest)),
  };
}

async function seatSeen(cluster: Cluster, seat: string): Promise<SeatSeen> {
  const read = await cluster.objects.read(keys.status(seat), shapes.seatStatus);
  const age = read.kind === "found" ? (read.now - Date.parse(read.value.at)) / 1000 : undefined;
  return {
    seat,
    role: seat.startsWith("etcd") ? "etcd" : "master",
    status: seen(read),
    ...(age === undefined ? {} : { age }),
    stale: age === undefined || age > staleSeconds(cluster),
  };
}

/** A list that cannot be read is empty here: whoever asks sees by all the other objects that the store does not answer. */
async function requests<T>({ objects }: Cluster, prefix: string, shape: z.ZodType<T>): Promise<readonly T[]> {
  const listing = await objects.list(prefix);
  if (listing.kind !== "listed") return [];
  const all = await Promise.all(listing.keys.map((key) => objects.read(key, shape)));
  return all.flatMap((read) => (read.kind === "found" ? [read.value] : []));
}

async function granted(
  { objects }: Cluster,
  asked: readonly z.output<typeof shapes.workerRequest>[],
): Promise<ClusterState["workerRequests"]> {
  return Promise.all(
    asked.map(async (request) => {
      const grant = await objects.read(storeKeys.workerGrant(request.instance), shapes.workerGrant);
      return grant.kind === "found" ? { ...request, granted: grant.value.until } : request;
    }),
  );
}

function seen<T>(read: Read<T>): Seen<T> {
  if (read.kind === "found") return { kind: "found", value: read.value };
  if (read.kind === "absent") return { kind: "absent" };
  return { kind: read.kind === "torn" ? "torn" : "unknown", reason: read.reason };
}
