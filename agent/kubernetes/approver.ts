import * as z from "zod";
import type { RoleConfiguration } from "../../constructs/spec/role-configuration";
import type { Cloud } from "../cloud/cloud";
import type { Clock } from "../pki/clock";
import { kubeletClient } from "../pki/leaves";
import type { Api, ApiAnswer } from "./api";
import { isKubelets, readKubeletRequest, type KubeletRequest } from "./kubelet-request";
import { Ledger, type Entries } from "./ledger";
import { collections, lease, node as nodeSchema, pathOf, signingRequest, type SigningRequest } from "./objects";
import type { KubernetesTimes } from "./times";
import { judge, type Facts, type Signed, type Verdict } from "./verdict";

export interface Approver {
  readonly api: Api;
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly configuration: Pick<RoleConfiguration, "pools" | "seats">;
  readonly times: KubernetesTimes;
}

export interface Judged {
  /** Name of the request. */
  readonly request: string;
  readonly node?: string;
  readonly kind: KubeletRequest["kind"] | "unreadable";
  readonly result: "approved" | "denied" | "waits";
  readonly message: string;
}

export type ApproverRound =
  { readonly kind: "judged"; readonly judged: readonly Judged[] } | { readonly kind: "failed"; readonly reason: string };

const signedSchema = z.strictObject({ instance: z.string(), until: z.number() });
/** Which machine a node's name was last signed for. */
export const signedLedger = (api: Api): Ledger<Signed> => new Ledger(api, "coppice-nodes", signedSchema);

const lifeMs = kubeletClient("").hours * 3_600_000;
/** A record is of use until its certificate has ended, and as long again as a node without a record is believed to have one. */
const keptMs = 2 * lifeMs;

/**
 * One round over the pending requests of kubelets. The controller manager signs what is approved here; its own approver does
 * nothing, as no role is bound for it. Every master does this, without a leader: a name is put on record by compare-and-swap
 * before its request is approved, a node is deleted by its uid, and an approval carries the version that was judged.
 */
export async function approve(approver: Approver): Promise<ApproverRound> {
  const listed = await approver.api.list(collections.requests, signingRequest);
  if (listed.kind !== "answered") return { kind: "failed", reason: listed.reason };
  const pending = listed.value.filter((one) => isKubelets(one) && (one.status?.conditions ?? []).length === 0);
  const judged: Judged[] = [];
  for (const request of pending) judged.push(await settle(approver, request));
  return { kind: "judged", judged };
}

async function settle(approver: Approver, request: SigningRequest): Promise<Judged> {
  const { name } = request.metadata;
  const read = readKubeletRequest(request);
  if ("fault" in read) {
    const denied: Verdict = { kind: "deny", reason: "NotAKubelets", message: read.fault };
    return { request: name, kind: "unreadable", ...(await carryOut(approver, request, denied)) };
  }
  const about = { request: name, node: read.node, kind: read.kind };
  const { now, fault } = approver.clock();
  // Both the age of a lease and the end of a certificate hang on it.
  if (fault !== undefined) return { ...about, result: "waits", message: fault };
  const page = await signedLedger(approver.api).read();
  if (page.kind !== "read") return { ...about, result: "waits", message: page.reason };
  const node = await nodeOf(approver.api, read.node);
  if ("missing" in node) return { ...about, result: "waits", message: node.missing };
  const { pools, seats } = approver.configuration;
  const verdict = judge(read, {
    username: request.spec.username ?? "",
    groups: request.spec.groups ?? [],
    instance: await approver.cloud.instance(read.node),
    ...node,
    signed: page.entries,
    pools: Object.keys(pools),
    masters: seats.masters.map((seat) => seat.name),
    now,
    leaseStaleMs: approver.times.leaseStale * 1000,
    lifeMs,
  });
  if (verdict.kind === "sign") {
    const prepared = await prepare(approver.api, read, verdict, page, now);
    if (prepared !== undefined) return { ...about, result: "waits", message: prepared };
  }
  return { ...about, ...(await carryOut(approver, request, verdict)) };
}

/** Deletes the node that is replaced, and puts the name on record. Says why the request has to wait, if it has to. */
async function prepare(
  api: Api,
  { kind, node }: KubeletRequest,
  { instance, replaces }: Extract<Verdict, { kind: "sign" }>,
  page: { readonly entries: Entries<Signed>; readonly version?: string },
  now: number,
): Promise<string | undefined> {
  if (replaces) {
    const deleted = await api.delete(pathOf.node(node), replaces.uid);
    if (deleted.kind !== "answered") return `the old node is not deleted: ${deleted.reason}`;
  }
  if (kind === "serving") return undefined;
  const kept = [...page.entries].filter(([, entry]) => entry.until + keptMs > now);
  const entries = new Map([...kept, [node, { instance: instance.id, until: now + lifeMs }]]);
  const written = await signedLedger(api).write(entries, page.version);
  return written.kind === "answered" ? undefined : `not on record yet: ${written.reason}`;
}

async function carryOut({ api }: Approver, request: SigningRequest, verdict: Verdict): Promise<Pick<Judged, "result" | "message">> {
  if (verdict.kind === "wait") return { result: "waits", message: verdict.message };
  const approved = verdict.kind === "sign";
  const message = approved ? `${verdict.instance.id} is this machine, by the word of its cloud` : verdict.message;
  const condition = { type: approved ? "Approved" : "Denied", status: "True", reason: verdict.reason, message };
  const answer = await api.update(`${pathOf.request(request.metadata.name)}/approval`, {
    ...request,
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    status: { ...request.status, conditions: [condition] },
  });
  // Another master was first, or the next round has to be.
  if (answer.kind !== "answered") return { result: "waits", message: answer.reason };
  return approved ? { result: "approved", message: verdict.reason } : { result: "denied", message: `${verdict.reason}: ${message}` };
}

/** The node that has a name, if there is one: it was alive when it was made, and whenever it renewed its lease. */
async function nodeOf(api: Api, name: string): Promise<Pick<Facts, "node"> | { readonly missing: string }> {
  const found = await api.get(pathOf.node(name), nodeSchema);
  if (found.kind === "absent") return {};
  if (found.kind !== "answered") return { missing: found.reason };
  const held: ApiAnswer<z.output<typeof lease>> = await api.get(pathOf.lease(name), lease);
  if (held.kind !== "answered" && held.kind !== "absent") return { missing: held.reason };
  const { metadata, spec } = found.value;
  const renewed = held.kind === "answered" ? held.value.spec?.renewTime : undefined;
  const signs = [metadata.creationTimestamp, renewed].map((instant) => (instant === undefined ? 0 : Date.parse(instant)));
  return {
    node: {
      uid: metadata.uid ?? "",
      ...(spec?.providerID === undefined ? {} : { providerId: spec.providerID }),
      aliveAt: Math.max(...signs),
    },
  };
}
