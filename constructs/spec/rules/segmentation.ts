import { prefixOf } from "../cidr";
import { baseFlows, type Flow } from "../flows";
import { tiers } from "../intent";
import { leaveOut, use, type Path, type Problem } from "../problems";
import { hasGaps, SHORTEST_KNOWN } from "./access";
import { at, rule } from "./rule";

const flowPath = (...keys: Path): Path => at("segmentation", "machines", ...keys);
const isTier = (end: string): boolean => (tiers as readonly string[]).includes(end);

export const flowsTouchTiers = rule("flows-touch-tiers", ["segmentation"], ({ segmentation }) =>
  segmentation.machines.flatMap((flow, index): Problem[] => {
    if (isTier(flow.from) || isTier(flow.to)) return [];
    const path = flowPath(index);
    return [{ path, value: flow, rule: "has a tier at one end: other traffic does not pass the cluster's machines", fix: leaveOut(path) }];
  }),
);

export const flowsFromKnown = rule("flows-from-known", ["segmentation"], ({ segmentation }) =>
  segmentation.machines.flatMap(({ from, to }, index): Problem[] => {
    if (isTier(from) || !isTier(to) || prefixOf(from) >= SHORTEST_KNOWN) return [];
    const path = flowPath(index, "from");
    const rule = `is a /${SHORTEST_KNOWN} or smaller: machines answer known networks only`;
    return [{ path, value: from, rule, fix: leaveOut(flowPath(index), "name the networks, or leave the flow out") }];
  }),
);

const HIGHEST_PORT = 65535;

/** `tcp/80-90` in its parts. */
function rangeOf(ports: string): { readonly protocol: string; readonly first: number; readonly last: number } {
  const [protocol = "", range = ""] = ports.split("/");
  const [first = 0, last = first] = range.split("-").map(Number);
  return { protocol, first, last };
}

export const portsExist = rule("ports-exist", ["segmentation"], ({ segmentation }) =>
  segmentation.machines.flatMap(({ ports }, flow) =>
    ports.flatMap((value, index): Problem[] => {
      const { protocol, first, last } = rangeOf(value);
      if (first <= last && last <= HIGHEST_PORT) return [];
      const [low, high] = [Math.min(first, last, HIGHEST_PORT), Math.min(Math.max(first, last), HIGHEST_PORT)];
      const path = flowPath(flow, "ports", index);
      const rule = `runs from a lower port to a higher one, up to ${HIGHEST_PORT}`;
      return [{ path, value, rule, fix: use(path, low === high ? `${protocol}/${low}` : `${protocol}/${low}-${high}`) }];
    }),
  ),
);

export const flowsDiffer = rule("flows-differ", ["segmentation", "network", "placement", "access", "addons"], (sections) => {
  if (hasGaps(sections)) return [];
  const base = new Set(baseFlows(sections).flatMap((flow) => flow.ports.map((ports) => sentence(flow, ports))));
  const said = new Set<string>();
  return sections.segmentation.machines.flatMap((flow, flowIndex) =>
    flow.ports.flatMap((ports, index): Problem[] => {
      const text = sentence(flow, ports);
      const rule = base.has(text) ? "adds to the flows that every cluster has: this is one of them" : "is said once";
      if (!base.has(text) && !said.has(text)) {
        said.add(text);
        return [];
      }
      const path = flowPath(flowIndex, "ports", index);
      return [{ path, value: text, rule, fix: leaveOut(flow.ports.length > 1 ? path : flowPath(flowIndex)) }];
    }),
  );
});

const sentence = ({ from, to }: Pick<Flow, "from" | "to">, ports: string): string => `${from} to ${to}, ${ports}`;
