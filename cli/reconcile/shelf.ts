import type { Known } from "../../agent/cloud/cloud";

/** Where volumes that failed are put aside: marked so that no agent takes one for its own again, and never deleted. */
export interface Shelf {
  /** @param volume its arguments and attributes, by Terraform's state */
  putAside(volume: Readonly<Record<string, unknown>>): Promise<Known<"put aside">>;
}

/** Tag or label of a volume that was put aside, with the seat that it had. */
export const retiredTag = "coppice-retired";

/** `prod-etcd-0-2` after `prod-etcd-0`, `coppice-prod/prod-etcd-0-3.vmdk` after `coppice-prod/prod-etcd-0-2.vmdk`. */
export function nextName(own: string, first: string): string {
  const [, stem = first, ending = ""] = /^(.*?)(\.vmdk)?$/.exec(first) ?? [];
  const generation = Number(own.slice(stem.length, own.length - ending.length).replace(/^-/, "")) || 1;
  return `${stem}-${generation + 1}${ending}`;
}
