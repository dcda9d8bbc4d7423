import { prefixOf } from "../cidr";
import { leaveOut, use, type Problem } from "../problems";
import { nodeBlocks } from "../zones";
import { existingVpc } from "./existing-vpc";
import { at, rule, type Sections } from "./rule";

/** A block with more addresses is the internet, or half of it. */
export const SHORTEST_KNOWN = 8;

export const publicApiNamesClients = rule("public-api-names-clients", ["access"], ({ access }): Problem[] => {
  if (access.api === "internal" || access.from.length > 0) return [];
  const rule = "is internal where access.from names nobody: a public API answers known networks only";
  const path = at("access", "api");
  return [{ path, value: access.api, rule, fix: use(path, "internal", `name blocks in access.from, or use "internal"`) }];
});

export const clientsKnown = rule("clients-known", ["access"], ({ access }) =>
  access.from.flatMap((block, index): Problem[] => {
    if (prefixOf(block) >= SHORTEST_KNOWN) return [];
    const path = at("access", "from", index);
    const rule = `is a /${SHORTEST_KNOWN} or smaller: the API answers known networks only`;
    return [{ path, value: block, rule, fix: leaveOut(path, "name the networks of its clients") }];
  }),
);

export const clientsBesideCluster = rule("clients-beside-cluster", ["access", "placement", "network"], (sections) => {
  const { access } = sections;
  if (access.api === "public" || hasGaps(sections)) return [];
  const own = nodeBlocks(sections);
  return access.from.flatMap((block, index): Problem[] => {
    const path = at("access", "from", index);
    if (!own.includes(block)) return [];
    return [{ path, value: block, rule: "is a block outside the cluster: its own may open connections anyway", fix: leaveOut(path) }];
  });
});

/** Whether a zone has no subnets yet; another rule says so, and no block of it is known. */
export function hasGaps({ placement }: Pick<Sections, "placement">): boolean {
  const vpc = existingVpc(placement);
  return vpc !== undefined && placement.zones.some((zone) => !(zone in vpc.subnets));
}
