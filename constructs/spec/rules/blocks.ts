import { overlap, prefixOf, type Cidr } from "../cidr";
import { showPath, use, type Path, type Problem } from "../problems";
import { chosenBlocks } from "./existing-vpc";
import { freeBlock } from "./free-block";
import { at, named, rule, type Sections } from "./rule";

export type Networked = Pick<Sections, "network" | "placement">;

/** Blocks that somebody has chosen, machines first: a later one gives way to an earlier one. */
function blocks({ network, placement }: Networked): readonly { readonly path: Path; readonly block: Cidr }[] {
  return [
    ...(chosenBlocks(placement) ?? [{ path: at("network", "nodes"), block: network.nodes }]),
    { path: at("network", "pods"), block: network.pods },
    { path: at("network", "services"), block: network.services },
  ];
}

/** What a block must leave alone: all others, and what is no network for machines. */
export function takenBeside(sections: Networked, path: Path): readonly Cidr[] {
  const others = blocks(sections).filter((one) => showPath(one.path) !== showPath(path));
  return [...others.map((one) => one.block), ...reserved];
}

export const blocksApart = rule("blocks-apart", ["network", "placement"], (sections) => {
  const all = blocks(sections);
  return all.flatMap(({ path, block }, index): Problem[] => {
    const other = all.slice(0, index).find((earlier) => overlap(earlier.block, block));
    if (!other) return [];
    const free = freeBlock(prefixOf(block), takenBeside(sections, path));
    return [{ path, value: block, rule: `lies outside ${named(other.path)}, ${other.block}`, fix: use(path, free) }];
  });
});

/** This host, loopback, link-local (with the metadata of the clouds), multicast and what follows: RFC 6890. */
const reserved: readonly Cidr[] = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"];

/** A shorter one would not fit into private addresses beside others. */
const SHORTEST_PROPOSED = 12;

export const blocksUsable = rule("blocks-usable", ["network", "placement"], (sections) =>
  blocks(sections).flatMap(({ path, block }): Problem[] => {
    const other = reserved.find((one) => overlap(one, block));
    if (other === undefined) return [];
    const free = freeBlock(Math.max(prefixOf(block), SHORTEST_PROPOSED), takenBeside(sections, path));
    return [{ path, value: block, rule: `lies outside ${other}, which is no network for machines`, fix: use(path, free) }];
  }),
);
