import type { Architecture } from "../../spec/versions";
import { cheapestFirst, type MachineType, type MachineTypes } from "../machine-types";

/**
 * vCPUs by size; memory follows from the family.
 * @see https://aws.amazon.com/ec2/instance-types/
 */
const cpusBySize = {
  medium: 1,
  large: 2,
  xlarge: 4,
  "2xlarge": 8,
  "4xlarge": 16,
  "8xlarge": 32,
  "12xlarge": 48,
  "16xlarge": 64,
  "24xlarge": 96,
  "48xlarge": 192,
} as const;
type Size = keyof typeof cpusBySize;

const intelSizes: readonly Size[] = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"];
const gravitonSizes: readonly Size[] = ["medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"];

const gibPerCpu = { c7: 2, m7: 4, r7: 8 } as const;

const picked = cheapestFirst(
  Object.entries(gibPerCpu).flatMap(([series, gib]) => [
    ...intelSizes.map((size) => machineTypeOf(`${series}i`, size, gib, "amd64")),
    ...gravitonSizes.map((size) => machineTypeOf(`${series}g`, size, gib, "arm64")),
  ]),
);

function machineTypeOf(family: string, size: Size, gib: number, architecture: Architecture): MachineType {
  return { name: `${family}.${size}`, cpus: cpusBySize[size], memoryGiB: cpusBySize[size] * gib, architecture };
}

/** Sizes that are taken only by name: whole machines, and types whose vCPUs are throttled once their credits are spent. */
const namedSizes: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(["c7i", "m7i", "r7i"].map((family) => [family, ["metal-24xl", "metal-48xl"]])),
  ...Object.fromEntries(["c7g", "m7g", "r7g"].map((family) => [family, ["metal"]])),
  ...Object.fromEntries(["t3", "t4g"].map((family) => [family, ["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge"]])),
};

/** All others are taken on trust: AWS brings new ones every month. */
const known: readonly string[] = [
  ...picked.map((type) => type.name),
  ...Object.entries(namedSizes).flatMap(([family, sizes]) => sizes.map((size) => `${family}.${size}`)),
];

const knownFamilies = new Set(known.map(familyOf));

function familyOf(type: string): string {
  return type.split(".")[0] ?? "";
}

const form = /^[a-z]+[a-z0-9-]*\d[a-z0-9-]*\.(nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?)$/;

function isType(type: string): boolean {
  return knownFamilies.has(familyOf(type)) ? known.includes(type) : form.test(type);
}

/**
 * A `g` behind the generation means Graviton, as in m7g, c7gn and g5g; only the first one, a1, has none.
 * Holds for all 1255 Linux types that the EC2 API listed in 2026.
 */
function architectureOf(type: string): Architecture {
  return /^(a1|[a-z]+\d+g)/.test(familyOf(type)) ? "arm64" : "amd64";
}

export const awsTypes: MachineTypes = { cloud: "AWS", picked, known, isType, architectureOf };
