import type { MachineSize } from "../spec/cluster-spec";
import { didYouMean, leaveOut, use, type Path, type Problem } from "../spec/problems";
import { at, rule, type Rule, type Sections } from "../spec/rules/rule";
import type { Architecture } from "../spec/versions";
import { fitting, type MachineTypes } from "./machine-types";

type Machines = Pick<Sections, "etcd" | "masters" | "workers">;

/** Machines of one kind, and where the environment says so. */
interface Kind {
  readonly path: Path;
  readonly size: MachineSize;
  readonly architecture: Architecture;
  readonly alternatives: readonly string[];
}

function kinds({ etcd, masters, workers }: Machines): readonly Kind[] {
  return [
    { path: at("etcd"), ...etcd, alternatives: [] },
    { path: at("masters"), ...masters, alternatives: [] },
    ...Object.entries(workers).map(([pool, wanted]) => ({ path: at("workers", pool), ...wanted })),
  ];
}

/** Every machine type that is given by name. */
function named(machines: Machines): readonly (Kind & { readonly type: string; readonly at: Path; readonly alternative: boolean })[] {
  return kinds(machines).flatMap((kind) => [
    ...(typeof kind.size === "string" ? [{ ...kind, type: kind.size, at: [...kind.path, "size"], alternative: false }] : []),
    ...kind.alternatives.map((type, index) => ({ ...kind, type, at: [...kind.path, "alternatives", index], alternative: true })),
  ]);
}

/** What must hold of machines on every cloud that has machine types. */
export function machineRules(types: MachineTypes): readonly Rule<"placement" | "etcd" | "masters" | "workers">[] {
  const typesKnown = rule("types-known", ["etcd", "masters", "workers"], (machines) =>
    named(machines)
      .filter(({ type }) => !types.isType(type))
      .map(({ type, at: path }): Problem => {
        const meant = didYouMean(type, types.known);
        const fix = meant === undefined ? leaveOut(path) : use(path, meant, `did you mean ${meant}?`);
        return { path, value: type, rule: `is a machine type of ${types.cloud}`, fix };
      }),
  );

  const typesRunArchitecture = rule("types-run-architecture", ["etcd", "masters", "workers"], (machines) =>
    named(machines)
      .filter(({ type, architecture }) => types.isType(type) && types.architectureOf(type) !== architecture)
      .map(({ type, at: path, path: kind, architecture, alternative }): Problem => {
        const its = types.architectureOf(type);
        const fix = alternative ? leaveOut(path) : use([...kind, "architecture"], its, `use architecture ${JSON.stringify(its)}`);
        return { path, value: type, rule: `is a machine type for ${architecture}, the architecture here`, fix };
      }),
  );

  const sizesFit = rule("sizes-fit", ["etcd", "masters", "workers"], (machines) =>
    kinds(machines).flatMap(({ path: kind, size, architecture }): Problem[] => {
      if (typeof size === "string" || fitting(types.picked, size, architecture)) return [];
      const all = types.picked.filter((type) => type.architecture === architecture);
      const cpus = Math.min(size.cpus, Math.max(...all.map((type) => type.cpus)));
      const memoryGiB = Math.min(size.memoryGiB, Math.max(...all.map((type) => type.memoryGiB)));
      const path = [...kind, "size"];
      return [{ path, value: size, rule: `fits a machine type for ${architecture}`, fix: use(path, { cpus, memoryGiB }) }];
    }),
  );

  const imagesForAll = rule("images-for-all", ["placement", "etcd", "masters", "workers"], ({ placement, ...machines }): Problem[] => {
    const { image } = placement;
    if (image === undefined) return [];
    const used = [...new Set(kinds(machines).map((kind) => kind.architecture))];
    const missing = used.filter((architecture) => image.names[architecture] === undefined);
    if (missing.length === 0) return [];
    const path = at("placement", "image", "names");
    const rule = `names an image for every architecture in use: ${used.join(", ")}`;
    const fix = leaveOut(at("placement", "image"), `name one for ${missing.join(", ")}, or leave placement.image out`);
    return [{ path, value: image.names, rule, fix }];
  });

  return [typesKnown, typesRunArchitecture, sizesFit, imagesForAll];
}

/** Where a pool may have machines of several types. */
export const alternativesDiffer = (types: MachineTypes) =>
  rule("alternatives-differ", ["etcd", "masters", "workers"], (machines) =>
    kinds(machines).flatMap(({ path: kind, size, architecture, alternatives }) => {
      const own = typeof size === "string" ? size : fitting(types.picked, size, architecture)?.name;
      return alternatives.flatMap((type, index): Problem[] => {
        const path = [...kind, "alternatives", index];
        return type === own ? [{ path, value: type, rule: "is another machine type than that of the pool", fix: leaveOut(path) }] : [];
      });
    }),
  );
