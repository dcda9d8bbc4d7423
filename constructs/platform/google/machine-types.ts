import type { Architecture } from "../../spec/versions";
import { cheapestFirst, type MachineTypes } from "../machine-types";

/** GB a vCPU, the same in both series: https://cloud.google.com/compute/docs/general-purpose-machines */
const gibPerCpu = { highcpu: 2, standard: 4, highmem: 8 } as const;

/** N4 (Intel) and C4A (Axion): vCPUs of their predefined types; same page. Both take gVNIC and Hyperdisk only. */
const series = [
  { name: "n4", architecture: "amd64", cpus: [2, 4, 8, 16, 32, 48, 64, 80] },
  { name: "c4a", architecture: "arm64", cpus: [1, 2, 4, 8, 16, 32, 48, 64, 72] },
] as const;

const picked = cheapestFirst(
  series.flatMap(({ name, architecture, cpus: sizes }) =>
    Object.entries(gibPerCpu).flatMap(([kind, gib]) =>
      sizes.map((cpus) => ({ name: `${name}-${kind}-${cpus}`, cpus, memoryGiB: cpus * gib, architecture })),
    ),
  ),
);

/** Of other series a type is taken on trust, by its form: Google brings new ones. */
const known: readonly string[] = picked.map((type) => type.name);
const knownSeries = new Set(known.map(seriesOf));

function seriesOf(type: string): string {
  return type.split("-")[0] ?? "";
}

/** `n2-standard-4`, `c4-highmem-8-lssd`, `n4-custom-4-16384`, `f1-micro` */
const form = /^[a-z]\d{1,2}[a-z]?-(micro|small|medium|custom-\d+-\d+(-ext)?|[a-z]+-\d+(-[a-z]+)?)$/;

/** Predefined types of the known series are known; custom ones have any number of vCPUs. */
function isType(type: string): boolean {
  return knownSeries.has(seriesOf(type)) && !type.includes("-custom-") ? known.includes(type) : form.test(type);
}

/** Arm: T2A, and an A behind the generation in C4A and N4A; same page. */
function architectureOf(type: string): Architecture {
  return /^(t2a|[cn]\d+a)$/.test(seriesOf(type)) ? "arm64" : "amd64";
}

export const googleTypes: MachineTypes = { cloud: "Google Cloud", picked, known, isType, architectureOf };

/** What of disks a machine takes: series up to the second generation know no Hyperdisk Balanced, and later ones no more Persistent Disk. */
export function diskTypes(machineType: string): { readonly root: string; readonly volume: string } {
  const generation = Number(/\d+/.exec(seriesOf(machineType))?.[0]);
  return generation >= 3 ? { root: "hyperdisk-balanced", volume: "hyperdisk-balanced" } : { root: "pd-balanced", volume: "pd-ssd" };
}
