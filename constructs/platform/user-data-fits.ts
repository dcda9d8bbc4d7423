import { userDataBytes, userDataLimit } from "../node/user-data";
import type { ClusterSpec } from "../spec/cluster-spec";
import { use, type Path } from "../spec/problems";
import { at, type Rule } from "../spec/rules/rule";
import { seatName } from "../spec/seats";
import type { NodePlatform } from "../node/platform";

/** A list that travels in user-data, and the spec with a shorter one. */
interface List {
  readonly path: Path;
  readonly of: (spec: ClusterSpec) => readonly string[];
  readonly shortened: <Spec extends ClusterSpec>(spec: Spec, entries: string[]) => Spec;
}

/** The one that is easiest to shorten first. */
const lists: readonly List[] = [
  {
    path: at("network", "proxy", "bypass"),
    of: ({ network }) => network.proxy?.bypass ?? [],
    shortened: (spec, bypass) => ({
      ...spec,
      network: { ...spec.network, ...(spec.network.proxy && { proxy: { ...spec.network.proxy, bypass } }) },
    }),
  },
  {
    path: at("network", "ntp"),
    of: ({ network }) => network.ntp,
    shortened: (spec, ntp) => ({ ...spec, network: { ...spec.network, ntp } }),
  },
  { path: at("trust"), of: ({ trust }) => trust, shortened: (spec, trust) => ({ ...spec, trust }) },
];

/** What is short enough in every field may be too long together. The same rule on every cloud, with what machines know of it. */
export const userDataFits = <Spec extends ClusterSpec>(node: (spec: Spec) => NodePlatform): Rule<keyof ClusterSpec> => ({
  id: "user-data-fits",
  reads: ["name", "placement", "network", "etcd", "masters", "workers", "mirror", "trust"],
  check(spec: Spec) {
    const largest = (one: Spec): number => largestUserData(one, node(one));
    const list = lists.find(({ of }) => of(spec).length > 0);
    if (list === undefined || largest(spec) <= userDataLimit) return [];
    const value = list.of(spec);
    const prefixes = value.map((_, index) => value.slice(0, value.length - 1 - index));
    const kept = prefixes.find((entries) => largest(list.shortened(spec, entries)) <= userDataLimit) ?? [];
    const rule = `fits into user-data, ${userDataLimit} bytes, beside what else travels there`;
    const text = kept.length > 0 ? `keep the first ${kept.length}` : "leave it out";
    return [{ path: list.path, value, rule, fix: use(list.path, kept, text) }];
  },
});

function largestUserData(spec: ClusterSpec, node: NodePlatform): number {
  const machines = [
    // Seats of a tier have names of one length.
    ...(["etcd", "master"] as const).map((role) => ({ role, name: seatName(role, 0) })),
    ...Object.keys(spec.workers).map((name) => ({ role: "worker" as const, name })),
  ];
  return Math.max(...machines.map((machine) => userDataBytes(spec, machine, node)));
}
