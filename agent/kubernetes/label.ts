import type { Api } from "./api";
import { node as nodeSchema, pathOf } from "./objects";

/** What kubectl and charts tell masters by. A kubelet may not give it to itself. */
export const controlPlane = "node-role.kubernetes.io/control-plane";

export type Labeled = { readonly kind: "labeled" | "kept" } | { readonly kind: "waits"; readonly reason: string };

/** Labels this master's own node, once it has joined. */
export async function labelMaster(api: Api, node: string): Promise<Labeled> {
  const found = await api.get(pathOf.node(node), nodeSchema);
  if (found.kind !== "answered") return { kind: "waits", reason: found.reason };
  if (found.value.metadata.labels?.[controlPlane] !== undefined) return { kind: "kept" };
  // Not applied: that would make a node that is not there.
  const changed = await api.merge(pathOf.node(node), { metadata: { labels: { [controlPlane]: "" } } });
  return changed.kind === "answered" ? { kind: "labeled" } : { kind: "waits", reason: changed.reason };
}
