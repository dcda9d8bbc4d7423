import { prefixOf, type Cidr } from "../cidr";
import { leaveOut, showPath, use, type Path, type Problem } from "../problems";
import { longestSeatsPrefix } from "../subnets";
import { freeBlock, resized } from "./free-block";
import { at, named, rule, type Sections } from "./rule";

type Placement = Sections["placement"];

interface Subnet {
  readonly id: string;
  readonly cidr: Cidr;
}

/** What existing networks of all clouds have in common. */
export interface ExistingVpc {
  readonly subnets: Readonly<Record<string, { readonly seats: Subnet; readonly workers: Subnet; readonly public?: string | undefined }>>;
}

/** The network of a placement where somebody else keeps it. */
export function existingVpc({ network }: Placement): ExistingVpc | undefined {
  return network !== undefined && "subnets" in network ? network : undefined;
}

export const subnetsPath = (...keys: Path): Path => at("placement", "network", "subnets", ...keys);

/** The blocks of all subnets for machines, in the order of the environment. */
export function existingBlocks(vpc: ExistingVpc): readonly { readonly path: Path; readonly block: Cidr }[] {
  return Object.entries(vpc.subnets).flatMap(([zone, { seats, workers }]) => [
    { path: subnetsPath(zone, "seats", "cidr"), block: seats.cidr },
    { path: subnetsPath(zone, "workers", "cidr"), block: workers.cidr },
  ]);
}

/** The blocks of machines that somebody has chosen in place of `network.nodes`. */
export function chosenBlocks(placement: Placement): ReturnType<typeof existingBlocks> | undefined {
  const { network } = placement;
  if (network !== undefined && "seats" in network) {
    return (["seats", "workers"] as const).map((purpose) => ({ path: at("placement", "network", purpose), block: network[purpose] }));
  }
  const vpc = existingVpc(placement);
  return vpc && existingBlocks(vpc);
}

/** Ids that no other subnet here has; a person replaces them. */
export function freeIds(vpc: ExistingVpc, count: number): readonly string[] {
  const taken = new Set(Object.values(vpc.subnets).flatMap(({ seats, workers, public: outside }) => [seats.id, workers.id, outside]));
  const ids = Array.from({ length: taken.size + count }, (_, index) => `subnet-${String(index + 1).padStart(8, "0")}`);
  return ids.filter((id) => !taken.has(id)).slice(0, count);
}

export const zonesHaveSubnets = rule("zones-have-subnets", ["network", "placement"], ({ network, placement }) => {
  const vpc = existingVpc(placement);
  if (!vpc) return [];
  const spare = Object.keys(vpc.subnets).filter((zone) => !placement.zones.includes(zone));
  const missing = placement.zones.filter((zone, index) => !(zone in vpc.subnets) && placement.zones.indexOf(zone) === index);
  return missing.map((zone, index): Problem => {
    const path = subnetsPath(zone);
    const problem = { path, value: undefined, rule: "names the subnets of every zone of the placement" };
    const meant = spare[index];
    if (meant !== undefined) {
      return { ...problem, fix: { text: `are those of ${meant} meant?`, changes: [{ rename: subnetsPath(meant), to: zone }] } };
    }
    const taken = [...existingBlocks(vpc).map((one) => one.block), network.pods, network.services];
    const [seatsId = "", workersId = ""] = freeIds(vpc, 2 * missing.length).slice(2 * index);
    const seats = missing.slice(0, index + 1).reduce<Cidr[]>((blocks) => [...blocks, freeBlock(24, [...taken, ...blocks])], []);
    const workers = missing.slice(0, index + 1).reduce<Cidr[]>((blocks) => [...blocks, freeBlock(20, [...taken, ...seats, ...blocks])], []);
    const subnets = { seats: { id: seatsId, cidr: seats.at(-1) }, workers: { id: workersId, cidr: workers.at(-1) } };
    return { ...problem, fix: use(path, subnets, "name its subnets, or take the zone out of the placement") };
  });
});

export const subnetsHaveZones = rule("subnets-have-zones", ["placement"], ({ placement }) => {
  const vpc = existingVpc(placement);
  if (!vpc) return [];
  const open = placement.zones.filter((zone) => !(zone in vpc.subnets));
  // As many as there are zones without subnets may be meant for those.
  const spare = Object.entries(vpc.subnets).filter(([zone]) => !placement.zones.includes(zone));
  return spare.slice(open.length).map(([zone, value]): Problem => {
    const path = subnetsPath(zone);
    return { path, value, rule: "belongs to a zone of the placement", fix: leaveOut(path) };
  });
});

export const seatsFit = rule("seats-fit", ["network", "placement"], ({ network, placement }) => {
  const vpc = existingVpc(placement);
  if (!vpc) return [];
  return existingBlocks(vpc)
    .filter(({ path, block }) => path.at(-2) === "seats" && prefixOf(block) > longestSeatsPrefix)
    .map(({ path, block }): Problem => {
      const others = existingBlocks(vpc).filter((one) => showPath(one.path) !== showPath(path));
      const taken = [...others.map((one) => one.block), network.pods, network.services];
      const rule = `is a /${longestSeatsPrefix} or larger: seats have fixed places in it`;
      return { path, value: block, rule, fix: use(path, resized(block, longestSeatsPrefix, taken)) };
    });
});

export const subnetsOnce = rule("subnets-once", ["placement"], ({ placement }) => {
  const vpc = existingVpc(placement);
  if (!vpc) return [];
  const ids = Object.entries(vpc.subnets).flatMap(([zone, { seats, workers, public: outside }]) => [
    { path: subnetsPath(zone, "seats", "id"), id: seats.id },
    { path: subnetsPath(zone, "workers", "id"), id: workers.id },
    ...(outside === undefined ? [] : [{ path: subnetsPath(zone, "public"), id: outside }]),
  ]);
  return ids.flatMap(({ path, id }, index): Problem[] => {
    const earlier = ids.slice(0, index).find((one) => one.id === id);
    if (!earlier) return [];
    const [free] = freeIds(vpc, ids.length).slice(index);
    return [{ path, value: id, rule: `is another subnet than ${named(earlier.path)}`, fix: use(path, free, "name the subnet of its own") }];
  });
});
