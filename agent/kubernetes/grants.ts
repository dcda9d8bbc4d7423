import * as z from "zod";
import type { DesiredRepair } from "../../constructs/spec/store";
import { desiredRepair, workerGrant, workerRequest } from "../../constructs/spec/store";
import type { Cloud } from "../cloud/cloud";
import type { Objects } from "../store/objects";
import type { Api } from "./api";
import { Ledger } from "./ledger";
import { collections, lease } from "./objects";
import { storeKeys } from "./store-keys";
import type { KubernetesTimes } from "./times";

/** What masters know of workers that ask for their replacement. Times in milliseconds since 1970, by the store's clock. */
export interface GrantView {
  readonly requests: readonly { readonly instance: string; readonly at: number; readonly machine: "runs" | "gone" | "unknown" }[];
  /** End of each grant that was decided on, by instance. */
  readonly granted: ReadonlyMap<string, number>;
  readonly workers: number;
  readonly repair: Pick<DesiredRepair, "workersAtOncePercent" | "pausedUntil">;
  readonly now: number;
  readonly grantMs: number;
}

export interface GrantDecision {
  /** Who may power off now, besides those that may already. */
  readonly grant: readonly string[];
  /** Requests and grants that have come to nothing, or to an end. */
  readonly forget: readonly string[];
}

/** Who may give up, the oldest request first: never more at once than the share of workers that repairs may take, and never none. */
export function decideGrants(view: GrantView): GrantDecision {
  const { requests, granted, workers, repair, now, grantMs } = view;
  const ended = (instance: string): boolean => (granted.get(instance) ?? Infinity) <= now;
  const isOver = (one: GrantView["requests"][number]): boolean =>
    one.machine === "gone" || ended(one.instance) || (!granted.has(one.instance) && now - one.at >= grantMs);
  const over = requests.filter(isOver).map(({ instance }) => instance);
  const withoutRequest = [...granted.keys()].filter((instance) => ended(instance) && !over.includes(instance));
  const forget = [...over, ...withoutRequest];
  const active = [...granted.keys()].filter((instance) => !forget.includes(instance)).length;
  const atOnce = Math.max(1, Math.floor((workers * repair.workersAtOncePercent) / 100));
  const paused = repair.pausedUntil !== undefined && Date.parse(repair.pausedUntil) > now;
  const waiting = requests
    .filter(({ instance, machine }) => machine === "runs" && !granted.has(instance) && !forget.includes(instance))
    .sort((a, b) => a.at - b.at || (a.instance < b.instance ? -1 : 1));
  return { grant: paused ? [] : waiting.slice(0, Math.max(0, atOnce - active)).map(({ instance }) => instance), forget };
}

export interface Granter {
  readonly api: Api;
  readonly objects: Objects;
  readonly cloud: Cloud;
  /** Seat of this master. */
  readonly seat: string;
  readonly masters: number;
  readonly times: KubernetesTimes;
}

export type GrantRound =
  ({ readonly kind: "decided"; readonly failed: readonly string[] } & GrantDecision) | { readonly kind: "failed"; readonly reason: string };

/** Ends of grants by instance. What is granted is agreed here first: the store's objects, one a worker, cannot be counted and written at once. */
const grantLedger = (api: Api): Ledger<{ until: string }> => new Ledger(api, "coppice-grants", z.strictObject({ until: z.iso.datetime() }));

/** One round of a master over what workers ask for. With no request it costs one call to the store. */
export async function grantRequests(granter: Granter): Promise<GrantRound> {
  const { api, objects, times } = granter;
  const listed = await objects.list(storeKeys.workerRequests);
  if (listed.kind !== "listed") return { kind: "failed", reason: listed.reason };
  if (listed.keys.length === 0) return { kind: "decided", grant: [], forget: [], failed: [] };
  const ledger = grantLedger(api);
  const page = await ledger.read();
  if (page.kind !== "read") return { kind: "failed", reason: page.reason };
  const failed: string[] = [];
  const requests = await readRequests(granter, listed.keys, failed);
  const repair = await objects.read("desired/repair", desiredRepair);
  if (repair.kind !== "found") return { kind: "failed", reason: `desired/repair: ${repair.kind === "absent" ? "absent" : repair.reason}` };
  const alive = await api.list(collections.leases, lease);
  if (alive.kind !== "answered") return { kind: "failed", reason: alive.reason };
  const now = objects.now() ?? repair.now;
  const granted = new Map([...page.entries].map(([instance, { until }]) => [instance, Date.parse(until)]));
  const workers = Math.max(0, alive.value.length - granter.masters);
  const grantMs = times.grant * 1000;
  const decision = decideGrants({ requests, granted, workers, repair: repair.value, now, grantMs });

  const next = new Map([...page.entries].filter(([instance]) => !decision.forget.includes(instance)));
  for (const instance of decision.grant) next.set(instance, { until: new Date(now + grantMs).toISOString() });
  if (decision.grant.length + decision.forget.length > 0) {
    const written = await ledger.write(next, page.version);
    if (written.kind !== "answered") return { kind: "failed", reason: written.reason };
  }
  await forget(granter, decision.forget, failed);
  await publish(granter, next, failed);
  return { kind: "decided", ...decision, failed };
}

async function readRequests({ objects, cloud }: Granter, keys: readonly string[], failed: string[]): Promise<GrantView["requests"]> {
  const requests: GrantView["requests"][number][] = [];
  for (const key of keys) {
    const read = await objects.read(key, workerRequest);
    if (read.kind === "absent") continue;
    if (read.kind !== "found") {
      failed.push(`${key}: ${read.reason}`);
      continue;
    }
    const { instance, at } = read.value;
    if (key !== storeKeys.workerRequest(instance)) {
      failed.push(`${key} asks for ${instance}`);
      continue;
    }
    const known = await cloud.instance(instance);
    const machine = known.kind === "unknown" ? "unknown" : known.value?.pool === undefined ? "gone" : "runs";
    requests.push({ instance, at: Date.parse(at), machine });
  }
  return requests;
}

/** The request goes last: as long as it is there, this is done again. */
async function forget({ objects }: Granter, instances: readonly string[], failed: string[]): Promise<void> {
  for (const instance of instances) {
    for (const key of [storeKeys.workerGrant(instance), storeKeys.workerRequest(instance)]) {
      const deleted = await objects.delete(key);
      if (deleted.kind === "deleted") continue;
      failed.push(`${key}: ${deleted.reason}`);
      break;
    }
  }
}

/** Tells the workers what the ledger says. */
async function publish({ objects, seat }: Granter, granted: ReadonlyMap<string, { until: string }>, failed: string[]): Promise<void> {
  for (const [instance, { until }] of granted) {
    const key = storeKeys.workerGrant(instance);
    const read = await objects.read(key, workerGrant);
    if (read.kind !== "absent") continue;
    const written = await objects.create(key, { instance, by: seat, until });
    if (written.kind === "unavailable" || written.kind === "forbidden") failed.push(`${key}: ${written.reason}`);
  }
}
