import type { Role } from "./roles";

/**
 * Who may do what with which objects of the cluster store. Every platform turns this one table into the rights of its
 * machines; `store.ts` holds what the objects look like.
 *
 *   read     get
 *   create   put-if-absent only: an object of this kind never changes
 *   write    put, guarded by compare-and-swap in the agent
 *   remove   delete
 *
 * `<seat>` stands for the machine's own seat: a seat writes its own status and nobody else's.
 * What no row names, no machine may touch: `approve/*` and `desired/*` are written by people and their pipeline.
 */
export interface StoreAccess {
  readonly objects: string;
  readonly read: readonly Role[];
  readonly create?: readonly Role[];
  readonly write?: readonly Role[];
  readonly remove?: readonly Role[];
  /** Sealed by a key of its own, which workers may not use. */
  readonly secret?: true;
}

const everyone: readonly Role[] = ["etcd", "master", "worker"];
const controlPlane: readonly Role[] = ["etcd", "master"];

export const storeAccess: readonly StoreAccess[] = [
  { objects: "desired/etcd", read: controlPlane },
  { objects: "desired/master", read: controlPlane },
  { objects: "desired/worker", read: everyone },
  { objects: "desired/agent", read: everyone },
  { objects: "desired/repair", read: everyone },
  { objects: "desired/addons", read: ["master"] },
  { objects: "config/etcd/*", read: controlPlane, create: controlPlane, remove: controlPlane },
  { objects: "config/master/*", read: controlPlane, create: controlPlane, remove: controlPlane },
  { objects: "config/worker/*", read: everyone, create: everyone, remove: controlPlane },
  { objects: "artifacts/*", read: everyone, create: everyone, remove: controlPlane },
  { objects: "rollout/etcd", read: controlPlane, write: controlPlane },
  { objects: "rollout/master", read: controlPlane, write: controlPlane },
  { objects: "rollout/worker", read: everyone, write: ["master"] },
  { objects: "rollout/addons", read: ["master"], write: ["master"] },
  { objects: "epoch", read: controlPlane, write: ["etcd"] },
  { objects: "recovery", read: ["etcd"], write: ["etcd"] },
  { objects: "votes/*", read: ["etcd"], create: ["etcd"] },
  { objects: "permit", read: controlPlane, write: controlPlane },
  // Workers look whether anybody's agent works before they are given up for theirs.
  { objects: "seats/*", read: everyone },
  { objects: "seats/<seat>", read: controlPlane, write: controlPlane },
  { objects: "requests/seats/*", read: controlPlane },
  { objects: "requests/seats/<seat>", read: controlPlane, write: controlPlane, remove: controlPlane },
  { objects: "requests/workers/*", read: everyone, create: ["worker"], remove: ["master"] },
  { objects: "grants/workers/*", read: everyone, create: ["master"], remove: ["master"] },
  { objects: "snapshots/*", read: ["etcd"], create: ["etcd"], remove: ["etcd"], secret: true },
  { objects: "pki/etcd-peer/*", read: ["etcd"], create: ["etcd"], secret: true },
  { objects: "pki/etcd-client/*", read: controlPlane, create: ["etcd"], secret: true },
  { objects: "pki/cluster/*", read: ["master"], create: ["master"], secret: true },
  { objects: "trust/*", read: everyone, create: controlPlane },
  { objects: "join/worker", read: ["master", "worker"], write: ["master"] },
  { objects: "approve/*", read: ["etcd"] },
  // Where a machine proves at its first boot that the store swaps and compares.
  { objects: "self-test/<seat>/*", read: controlPlane, write: controlPlane, remove: controlPlane },
  { objects: "operators/*", read: ["master"], write: ["master"] },
];

/**
 * Objects that two machines may want to write at once. The store itself refuses a put that carries no condition, so that
 * not even a mistaken agent or a person in a hurry overwrites what it has not read.
 */
export const conditionalOnly: readonly string[] = [
  "epoch",
  "recovery",
  "permit",
  "rollout/*",
  "votes/*",
  "config/*",
  "artifacts/*",
  "snapshots/*",
  "pki/*",
  "trust/*",
];

export type Right = "read" | "create" | "write" | "remove";

/** The objects, `seats/etcd-0`, that a machine of a role may use in one way; `seat` is its own, where it has one. */
export function objectsOf(role: Role, right: Right, seat?: string): readonly string[] {
  return storeAccess
    .filter((row) => row[right]?.includes(role))
    .filter((row) => seat !== undefined || !row.objects.includes("<seat>"))
    .map((row) => row.objects.replace("<seat>", seat ?? ""));
}

/** Whether a role has any use for the sealed objects, and so for their key. */
export function usesSecrets(role: Role): boolean {
  return storeAccess.some((row) => row.secret && (row.read.includes(role) || row.create?.includes(role)));
}
