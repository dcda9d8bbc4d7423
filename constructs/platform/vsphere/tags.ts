import { Tag } from "@cdktf/provider-vsphere/lib/tag";
import { TagCategory } from "@cdktf/provider-vsphere/lib/tag-category";
import { names, tags } from "../../spec/names";
import { poolTag, seatTag } from "../../spec/tag-names";
import { etcdSeats, masterSeats } from "../../spec/seats";
import type { Context } from "./context";

/** Ids of tags: those of everything, and beside them what tells a seat or a pool. */
export interface Tags {
  readonly all: readonly string[];
  of(member: string): readonly string[];
}

/**
 * Categories are the whole vCenter's, so the cluster has one of its own, and a tag's name is key and value: `owner=platform`.
 */
export function tagsOf({ stack, spec }: Context): Tags {
  const category = new TagCategory(stack, "tags", {
    name: names.inventory(spec),
    description: `What belongs to cluster ${spec.name}`,
    cardinality: "MULTIPLE",
    associableTypes: ["Folder", "ResourcePool", "VirtualMachine"],
  });
  const tag = (id: string, name: string): string => new Tag(stack, id, { categoryId: category.id, name }).id;
  const all = Object.entries(tags(spec))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => tag(`tag-${key}`, `${key}=${value}`));
  const seats = [...etcdSeats(spec), ...masterSeats(spec)].map(({ name }) => [name, tag(`tag-of-${name}`, `${seatTag}=${name}`)] as const);
  const pools = Object.keys(spec.workers)
    .sort()
    .map((pool) => [names.pool(pool), tag(`tag-of-${names.pool(pool)}`, `${poolTag}=${pool}`)] as const);
  const own = new Map([...seats, ...pools]);
  return { all, of: (member) => [...all, ...[own.get(member) ?? []].flat()] };
}
