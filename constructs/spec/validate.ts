import type { CompleteEnvironment } from "./environment";
import type { Problem } from "./problems";
import { clientsBesideCluster, clientsKnown, publicApiNamesClients } from "./rules/access";
import { nodesLength, podsLength, servicesLength } from "./rules/block-lengths";
import { blocksApart, blocksUsable } from "./rules/blocks";
import { serversOutside, tagsOwn } from "./rules/company";
import { seatsFit, subnetsHaveZones, subnetsOnce, zonesHaveSubnets } from "./rules/existing-vpc";
import { buildsMirrored, buildsUpstream, timersDesigned } from "./rules/lab";
import { labelsOwn, taintsDiffer, taintsOwn } from "./rules/labels";
import { namedOnce } from "./rules/lists";
import type { Rule, Section } from "./rules/rule";
import { etcdOutlivesZone, etcdVolume, mastersOutliveZone, zonesDiffer } from "./rules/seats";
import { flowsDiffer, flowsFromKnown, flowsTouchTiers, portsExist } from "./rules/segmentation";
import { stateApart, stateKeyNear } from "./rules/state";
import { nodesLimit, poolBounds, somePool, spotHasAlternatives, workersFit } from "./rules/workers";

/** Every rule that crosses fields and holds on every cloud, in the order of the environment. */
export const rules: readonly Rule[] = [
  ...[zonesDiffer, zonesHaveSubnets, subnetsHaveZones, seatsFit, subnetsOnce],
  ...[blocksApart, blocksUsable, nodesLength, podsLength, servicesLength, serversOutside],
  ...[etcdOutlivesZone, etcdVolume, mastersOutliveZone],
  ...[somePool, poolBounds, spotHasAlternatives, nodesLimit, workersFit, labelsOwn, taintsOwn, taintsDiffer],
  ...[publicApiNamesClients, clientsKnown, clientsBesideCluster],
  ...[flowsTouchTiers, flowsFromKnown, portsExist, flowsDiffer],
  ...[timersDesigned, buildsUpstream, buildsMirrored],
  ...[tagsOwn, namedOnce],
  ...[stateApart, stateKeyNear],
];

/** The problems of an environment with every rule that looks at none of the `broken` sections. */
export function ruleProblems({ cluster, ...rest }: CompleteEnvironment, broken: ReadonlySet<Section> = new Set()): readonly Problem[] {
  const sections = { ...cluster, ...rest };
  return rules.filter((rule) => !rule.reads.some((section) => broken.has(section))).flatMap((rule) => rule.check(sections));
}
