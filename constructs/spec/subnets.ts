import { hostOf, part, prefixOf, type Cidr } from "./cidr";

/**
 * How the block of a new network is cut. The block falls into 8 equal parts: part `i` holds the workers of zone `i`;
 * the last part is cut again, into 16: parts `i` for the seats of zone `i`, parts `8 + i` for its public addresses.
 * A zone appended later changes nothing that stands. With 10.0.0.0/16 and three zones:
 *
 *   workers  10.0.0.0/19    10.0.32.0/19   10.0.64.0/19
 *   seats    10.0.224.0/23  10.0.226.0/23  10.0.228.0/23
 *   public   10.0.240.0/23  10.0.242.0/23  10.0.244.0/23
 */
export interface ZoneBlocks {
  readonly workers: Cidr;
  readonly seats: Cidr;
  readonly public: Cidr;
}

const WORKER_BITS = 3;
const SMALL_BITS = 7;
const LAST = 2 ** SMALL_BITS - 16;

/** Longest mask of a block that can be cut so: its smallest parts have 32 addresses. */
export const longestNodesPrefix = 27 - SMALL_BITS;

export function zoneBlocks(nodes: Cidr, zoneIndex: number): ZoneBlocks {
  const prefix = prefixOf(nodes);
  return {
    workers: part(nodes, prefix + WORKER_BITS, zoneIndex),
    seats: part(nodes, prefix + SMALL_BITS, LAST + zoneIndex),
    public: part(nodes, prefix + SMALL_BITS, LAST + 8 + zoneIndex),
  };
}

/** Places in a block of seats. A cloud keeps the first four addresses and the last one for itself. */
const place = { api: 5, etcd: 10, master: 20 } as const;

/** Smallest block that holds these places. */
export const longestSeatsPrefix = 27;

export const apiAddress = (seatsBlock: Cidr): string => hostOf(seatsBlock, place.api);
export const etcdAddress = (seatsBlock: Cidr, seat: number): string => hostOf(seatsBlock, place.etcd + seat);
export const masterAddress = (seatsBlock: Cidr, seat: number): string => hostOf(seatsBlock, place.master + seat);
