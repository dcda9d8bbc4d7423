import type { EtcdClient, EtcdStatus } from "../etcd/client";

export type Moved = { readonly kind: "moved"; readonly to: string } | { readonly kind: "kept"; readonly reason: string };

export function leads({ leader, header }: EtcdStatus): boolean {
  return leader === header.member_id;
}

/** Gives leadership to another voter that is not known to be unhealthy; asked of the leader itself. */
export async function moveLeadership(etcd: EtcdClient, own: string, unhealthy: readonly string[]): Promise<Moved> {
  const list = await etcd.members();
  if (list.kind !== "answered") return { kind: "kept", reason: list.reason };
  const to = list.value.members.find(({ ID, name, isLearner }) => ID !== own && !isLearner && name !== "" && !unhealthy.includes(name));
  if (!to) return { kind: "kept", reason: "no other member is a healthy voter" };
  const moved = await etcd.moveLeader(to.ID);
  return moved.kind === "answered" ? { kind: "moved", to: to.name } : { kind: "kept", reason: moved.reason };
}
