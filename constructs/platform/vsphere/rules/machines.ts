import { leaveOut, use, type Path, type Problem } from "../../../spec/problems";
import { at, type Sections } from "../../../spec/rules/rule";
import { defaults } from "../../../spec/defaults";
import type { MachineSize } from "../../../spec/cluster-spec";
import type { Architecture } from "../../../spec/versions";
import { vsphereRule } from "../spec";

type Machines = Pick<Sections, "etcd" | "masters" | "workers">;

/** Machines of one kind, where the environment says so, and what they have by default. */
interface Kind {
  readonly path: Path;
  readonly size: MachineSize;
  readonly usual: MachineSize;
  readonly architecture: Architecture;
}

function kinds({ etcd, masters, workers }: Machines): readonly Kind[] {
  return [
    { path: at("etcd"), usual: defaults.etcd.size, ...etcd },
    { path: at("masters"), usual: defaults.masters.size, ...masters },
    ...Object.entries(workers).map(([pool, wanted]) => ({ path: at("workers", pool), usual: defaults.workers.size, ...wanted })),
  ];
}

export const sizesByNumber = vsphereRule("sizes-by-number", ["etcd", "masters", "workers"], (machines) =>
  kinds(machines).flatMap(({ path: kind, size, usual }): Problem[] => {
    if (typeof size !== "string") return [];
    const path = [...kind, "size"];
    return [{ path, value: size, rule: "is { cpus, memoryGiB }: vSphere has no machine types", fix: use(path, usual) }];
  }),
);

export const alternativesNone = vsphereRule("alternatives-none", ["workers"], ({ workers }) =>
  Object.entries(workers)
    .filter(([, { alternatives }]) => alternatives.length > 0)
    .map(([pool, { alternatives }]): Problem => {
      const path = at("workers", pool, "alternatives");
      return { path, value: alternatives, rule: "is left out: vSphere has no machine types", fix: leaveOut(path) };
    }),
);

const used = (machines: Machines): readonly Architecture[] => [...new Set(kinds(machines).map((kind) => kind.architecture))];

export const imagesForAll = vsphereRule("templates-for-all", ["placement", "etcd", "masters", "workers"], ({ placement, ...machines }) =>
  used(machines)
    .filter((architecture) => placement.image.names[architecture] === undefined)
    .map((architecture): Problem => {
      const path = at("placement", "image", "names", architecture);
      const rule = "names a template for every architecture in use";
      return { path, value: undefined, rule, fix: use(path, `templates/${placement.image.os}-${architecture}`, "name one") };
    }),
);

export const clustersForAll = vsphereRule("clusters-for-all", ["placement", "etcd", "masters", "workers"], ({ placement, ...machines }) =>
  placement.zones.flatMap((zone) => {
    const site = placement.sites[zone];
    if (site === undefined) return [];
    return used(machines)
      .filter((architecture) => site.clusters[architecture] === undefined)
      .map((architecture): Problem => {
        const path = at("placement", "sites", zone, "clusters", architecture);
        const rule = "names a compute cluster for every architecture in use";
        return { path, value: undefined, rule, fix: use(path, `compute-${architecture}`, "name one, or leave out the machines") };
      });
  }),
);
