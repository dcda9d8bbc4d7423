import { overlap, part, partBehind, prefixOf, sizeOf, widened, type Cidr } from "../cidr";

/** Blocks for networks of one's own: RFC 1918, then the shared space of RFC 6598. */
const ownBlocks: readonly Cidr[] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
const smallest = 28;

/**
 * The first block of a length that overlaps none of those taken; a smaller one where all of that length are, and
 * the first of all where nothing is free.
 */
export function freeBlock(prefix: number, taken: readonly Cidr[]): Cidr {
  for (let length = prefix; length <= smallest; length++) {
    for (const outer of ownBlocks.filter((block) => prefixOf(block) <= length)) {
      const free = firstFree(outer, length, taken);
      if (free !== undefined) return free;
    }
  }
  return `10.0.0.0/${smallest}`;
}

/** A free part stands at the start of a block or right behind one that is taken. */
function firstFree(outer: Cidr, prefix: number, taken: readonly Cidr[]): Cidr | undefined {
  const parts = sizeOf(outer) / 2 ** (32 - prefix);
  const starts = [0, ...taken.map((block) => partBehind(outer, prefix, block))];
  return starts
    .filter((index) => index < parts)
    .sort((a, b) => a - b)
    .map((index) => part(outer, prefix, index))
    .find((candidate) => !taken.some((block) => overlap(block, candidate)));
}

/** A block of another length in the same place: its first part, or what it lies in; another place where that is taken. */
export function resized(block: Cidr, prefix: number, taken: readonly Cidr[]): Cidr {
  const same = prefix >= prefixOf(block) ? part(block, prefix, 0) : widened(block, prefix);
  return taken.some((other) => overlap(other, same)) ? freeBlock(prefix, taken) : same;
}
