import * as z from "zod";
import type { Api } from "./api";
import { node as nodeSchema, pathOf, type Node } from "./objects";

/** Where a worker says what it runs: on its own node, which its kubelet may change and no other worker. */
const reportKey = "coppice/report";
/** On a node that an agent has closed for new pods, and only that: what a person has closed, stays closed. */
const closedKey = "coppice/closed";

const report = z.object({
  configuration: z.string(),
  /** Its kubelet was healthy with this configuration for as long as a roll-out asks for. */
  healthy: z.boolean(),
  /** A configuration whose agent did not come up here. */
  fellBack: z.string().optional(),
  /** Why its system wants to start again. */
  restart: z.string().optional(),
  /** By the store's clock. */
  at: z.iso.datetime(),
});
export type Report = z.output<typeof report>;

/** Undefined where no agent has said anything, or something else has. */
export function reportOf({ metadata }: Node): Report | undefined {
  try {
    return report.parse(JSON.parse(metadata.annotations?.[reportKey] ?? ""));
  } catch {
    return undefined;
  }
}

/** @returns why it could not be said */
export async function publishReport(api: Api, name: string, own: Report): Promise<string | undefined> {
  const written = await api.merge(pathOf.node(name), { metadata: { annotations: { [reportKey]: JSON.stringify(own) } } });
  return written.kind === "answered" ? undefined : written.reason;
}

/** Closes a node for new pods, unless a person has done so before. */
export async function close(api: Api, name: string): Promise<string | undefined> {
  const found = await api.get(pathOf.node(name), nodeSchema);
  if (found.kind !== "answered") return found.reason;
  if (found.value.spec?.unschedulable === true) return undefined;
  const closed = await api.merge(pathOf.node(name), { metadata: { annotations: { [closedKey]: "" } }, spec: { unschedulable: true } });
  return closed.kind === "answered" ? undefined : closed.reason;
}

/** Opens what `close` has closed. @returns whether it is open, as far as agents are concerned */
export async function open(api: Api, name: string): Promise<boolean> {
  const found = await api.get(pathOf.node(name), nodeSchema);
  if (found.kind !== "answered") return false;
  if (found.value.metadata.annotations?.[closedKey] === undefined) return true;
  const opened = await api.merge(pathOf.node(name), {
    metadata: { annotations: { [closedKey]: null } },
    spec: { unschedulable: null },
  });
  return opened.kind === "answered";
}
