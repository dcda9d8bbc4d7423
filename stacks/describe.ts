import type { ClusterSpec } from "../constructs/spec/cluster-spec";
import type { CompleteEnvironment } from "../constructs/spec/environment";
import { etcdSeats, masterSeats, type Seat } from "../constructs/spec/seats";
import { nodeBlocks, zonesOf } from "../constructs/spec/zones";
import { platformOf } from "./platforms";
import type { SynthesizedStack } from "./synthesize";

/** What one environment will be, in a few lines. */
export function describeEnvironment(
  name: string,
  { cluster, protect, backend }: CompleteEnvironment,
  stacks: readonly SynthesizedStack[],
): string {
  const { facts } = platformOf(cluster.placement);
  const seats = (all: readonly Seat[], type: string): string =>
    `${count(all.length, "seat")} of ${type}  ${all.map((seat) => seat.address).join(" ")}`;
  const rows = [
    ["cluster", `${cluster.name}, Kubernetes ${cluster.kubernetes}, ${cluster.addons.cni === "none" ? "no CNI" : cluster.addons.cni}`],
    [
      "network",
      `${zonesOf(cluster)
        .map((zone) => zone.name)
        .join(" ")}  nodes ${nodeBlocks(cluster).join(" ")}  API ${apiAccess(cluster)}`,
    ],
    [
      "etcd",
      `${seats(etcdSeats(cluster), facts.machineType(cluster.etcd.size, cluster.etcd.architecture))}  ${cluster.etcd.volumeGiB} GiB each`,
    ],
    ["masters", seats(masterSeats(cluster), facts.machineType(cluster.masters.size, cluster.masters.architecture))],
    ...Object.entries(cluster.workers).map(([pool, { min, max, size, architecture, spotPercent }]) => [
      "workers",
      `${pool}: ${min} to ${max} of ${facts.machineType(size, architecture)}${spotPercent > 0 ? `, ${spotPercent} % spot` : ""}`,
    ]),
    [
      "state",
      `${backend.type === "local" ? backend.folder : `${backend.type}://${backend.bucket}`}, data ${protect ? "protected from destruction" : "may be destroyed"}`,
    ],
    ...stacks.map((stack) => ["stack", `${stack.name}: ${count(stack.resources, "resource")} in ${stack.dir}`]),
  ];
  return [name, ...table(rows)].join("\n");
}

/** Who repairs what, once for every cloud in use. */
export function describeRepair(environments: readonly CompleteEnvironment[]): string {
  const clouds = new Map(environments.map(({ cluster }) => [cluster.placement.cloud, platformOf(cluster.placement).facts.repair]));
  return [...clouds]
    .map(([cloud, repair]) =>
      [`who repairs what on ${cloud}`, ...table(repair.map(({ fault, owner, how }) => [fault, owner, how]))].join("\n"),
    )
    .join("\n\n");
}

function apiAccess({ access }: ClusterSpec): string {
  return access.from.length === 0 ? access.api : `${access.api}, open to ${access.from.join(" ")}`;
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => `  ${row.map((cell, column) => (column < row.length - 1 ? cell.padEnd(width(column)) : cell)).join("  ")}`);
}
