import { part, prefixOf, widened } from "../../../spec/cidr";
import { didYouMean, leaveOut, use, type Path, type Problem } from "../../../spec/problems";
import { existingBlocks, existingVpc, freeIds, subnetsPath } from "../../../spec/rules/existing-vpc";
import { at } from "../../../spec/rules/rule";
import { isZoneOf, regions, zoneLetters } from "../regions";
import { awsRule } from "../spec";

const regionPath = at("placement", "region");

export const regionKnown = awsRule("region-known", ["placement"], ({ placement: { region, zones } }): Problem[] => {
  if (regions.includes(region)) return [];
  const ofZones = regions.find((known) => isZoneOf(known, zones[0] ?? ""));
  const meant = ofZones ?? didYouMean(region, regions) ?? "eu-central-1";
  return [{ path: regionPath, value: region, rule: "is a region of AWS", fix: use(regionPath, meant, `did you mean ${meant}?`) }];
});

export const zonesInRegion = awsRule("zones-in-region", ["placement"], ({ placement: { region, zones } }) => {
  const letters = zoneLetters[region];
  if (letters === undefined) return [];
  const free = [...letters].map((letter) => region + letter).filter((zone) => !zones.includes(zone));
  return zones
    .map((zone, index) => ({ zone, path: at("placement", "zones", index) }))
    .filter(({ zone }) => !isZoneOf(region, zone))
    .map(({ zone, path }, index): Problem => {
      const same = free.find((candidate) => candidate.at(-1) === zone.at(-1));
      const others = free.filter((candidate) => !zones.some((one) => !isZoneOf(region, one) && one.at(-1) === candidate.at(-1)));
      const instead = same ?? others[index];
      return { path, value: zone, rule: `is a zone of ${region}`, fix: instead === undefined ? leaveOut(path) : use(path, instead) };
    });
});

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
const SHORTEST_VPC = 16;
const LONGEST_SUBNET = 28;

export const vpcLength = awsRule("vpc-length", ["network", "placement"], ({ network, placement }): Problem[] => {
  if (existingVpc(placement) || prefixOf(network.nodes) >= SHORTEST_VPC) return [];
  const path = at("network", "nodes");
  const fix = use(path, part(network.nodes, SHORTEST_VPC, 0));
  return [{ path, value: network.nodes, rule: `is a /${SHORTEST_VPC} or smaller: a VPC has no more addresses`, fix }];
});

export const subnetsLength = awsRule("subnets-length", ["placement"], ({ placement }) => {
  const vpc = existingVpc(placement);
  if (!vpc) return [];
  const rule = `is between a /${SHORTEST_VPC} and a /${LONGEST_SUBNET}, as subnets are`;
  return existingBlocks(vpc).flatMap(({ path, block }): Problem[] => {
    if (prefixOf(block) < SHORTEST_VPC) return [{ path, value: block, rule, fix: use(path, part(block, SHORTEST_VPC, 0)) }];
    if (prefixOf(block) <= LONGEST_SUBNET || path.at(-2) === "seats") return [];
    return [{ path, value: block, rule, fix: use(path, widened(block, LONGEST_SUBNET)) }];
  });
});

interface Reference {
  readonly path: Path;
  readonly arn: string;
  /** What to leave out where the reference itself is required. */
  readonly remove: Path;
}

export const arnsHere = awsRule("arns-here", ["placement"], ({ placement }) => {
  const { account, region, boundary, keys = {}, alarms } = placement;
  const reference = (path: Path, arn: string, remove = path): Reference => ({ path, arn, remove });
  const references = [
    ...(boundary === undefined ? [] : [reference(at("placement", "boundary"), boundary)]),
    ...Object.entries(keys).flatMap(([purpose, arn]) => (arn === undefined ? [] : [reference(at("placement", "keys", purpose), arn)])),
    ...(alarms === undefined ? [] : [reference(at("placement", "alarms", "topic"), alarms.topic, at("placement", "alarms"))]),
  ];
  return references.flatMap(({ path, arn, remove }): Problem[] => {
    const [, , service, itsRegion, itsAccount] = arn.split(":");
    const problem = { path, value: arn, fix: leaveOut(remove) };
    if (itsAccount !== account) return [{ ...problem, rule: `belongs to the account of the placement, ${account}` }];
    if (service !== "iam" && itsRegion !== region) return [{ ...problem, rule: `lies in the region of the placement, ${region}` }];
    return [];
  });
});

export const publicSubnets = awsRule("public-subnets", ["placement", "access"], ({ placement, access }) => {
  const vpc = existingVpc(placement);
  if (!vpc || access.api === "internal") return [];
  const open = Object.entries(vpc.subnets).filter(([zone, { public: outside }]) => placement.zones.includes(zone) && outside === undefined);
  return open.map(([zone], index): Problem => {
    const path = subnetsPath(zone, "public");
    const [id] = freeIds(vpc, open.length).slice(index);
    return {
      path,
      value: undefined,
      rule: "is required where access.api is public",
      fix: use(path, id, "name a public subnet of the zone"),
    };
  });
});
