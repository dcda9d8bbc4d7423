import { poolTag } from "../../constructs/spec/tag-names";
import { desiredRepair, type Rollout } from "../../constructs/spec/store";
import { readRollout, saveRollout } from "../rollout";
import type { Objects } from "../store/objects";
import type { Timing } from "../timing";
import { isOpen } from "../windows";
import type { Api } from "./api";
import { signedLedger } from "./approver";
import { controlPlane } from "./label";
import { collections, node as nodeSchema, type Node } from "./objects";
import { reachesPods, removeProbe } from "./pod-probe";
import { reportOf } from "./report";
import type { KubernetesTimes } from "./times";
import type { Signed } from "./verdict";
import { decideWave, hasSettled, type Worker } from "./waves";

export interface WaveMaster {
  readonly api: Api;
  readonly objects: Objects;
  readonly times: Timing;
  readonly kubernetes: KubernetesTimes;
  /** Digest of what is desired of workers; undefined while that cannot be read. */
  readonly desired: () => Promise<string | undefined>;
  /** Whether every API server runs what the workers' configuration is made for. */
  readonly turn: () => Promise<boolean>;
  /** For the pods that are asked whether they can be reached. */
  readonly image: string;
}

export interface WaveRound {
  readonly kind: "saved" | "rests" | "failed";
  readonly reason: string;
  /** As it was found. */
  readonly wave?: readonly string[];
}

/** Agents say again what they run this often, and are silent after three times as long. */
export const reportEverySeconds = ({ healthy }: Timing): number => healthy;
const silentAfter = 3;

/** One round of a master over the roll-out of workers. None needs a leader: the record is written over what it was decided on. */
export async function waveRound(master: WaveMaster): Promise<WaveRound> {
  const { api, objects, times, kubernetes } = master;
  const before = await readRollout(objects, "worker");
  if (before.kind !== "found" && before.kind !== "absent") return failed(before.reason);
  const record = before.kind === "found" ? before.value : undefined;
  const desired = await master.desired();
  if (desired === undefined) return failed("desired/worker cannot be read");
  const repair = await objects.read("desired/repair", desiredRepair);
  if (repair.kind !== "found") return failed(`desired/repair: ${repair.kind === "absent" ? "absent" : repair.reason}`);
  const listed = await api.list(collections.nodes, nodeSchema);
  if (listed.kind !== "answered") return failed(listed.reason);
  const signed = await signedLedger(api).read();
  if (signed.kind !== "read") return failed(signed.reason);
  const now = objects.now() ?? repair.now;

  const silentMs = silentAfter * reportEverySeconds(times) * 1000;
  const nodes = listed.value.filter(({ metadata }) => metadata.labels?.[controlPlane] === undefined);
  const known = nodes.map((node) => ({ node, worker: workerOf(node, signed.entries, now - silentMs) }));
  const wave = known.filter(({ worker }) => record?.wave?.includes(worker.instance));
  const reached = await reachedOf(master, record, wave);
  // Where nothing serves, nothing is disturbed.
  const mayDisturb = isOpen(repair.value, now) || known.every(({ worker }) => !worker.ready);
  const turn = mayDisturb && (await master.turn());
  const { workersAtOncePercent } = repair.value;
  const view = { desired, workers: known.map(({ worker }) => worker), reached, turn, workersAtOncePercent, now };
  const step = decideWave(record, view, { ...times, drain: kubernetes.drain });
  const members = record?.wave === undefined ? {} : { wave: record.wave };
  if (step.kind === "rest") return { kind: "rests", reason: step.reason, ...members };
  const written = await saveRollout(objects, "worker", before, step.rollout);
  if (written.kind !== "written") return failed(written.kind === "conflict" ? "another master was first" : written.reason);
  if (step.rollout.wave === undefined) await Promise.all(wave.map(({ node }) => removeProbe(api, node.metadata.name)));
  return { kind: "saved", reason: step.reason, ...members };
}

/** A node's instance is the one that its certificate was signed for, whatever is said on the node. */
function workerOf(node: Node, signed: ReadonlyMap<string, Signed>, saidSince: number): Worker {
  const { metadata, status } = node;
  const said = reportOf(node);
  const report = said && Date.parse(said.at) > saidSince ? said : undefined;
  return {
    instance: signed.get(metadata.name)?.instance ?? metadata.name,
    pool: metadata.labels?.[poolTag] ?? "",
    ready: (status?.conditions ?? []).some(({ type, status: is }) => type === "Ready" && is === "True"),
    runs: report?.configuration,
    healthy: report?.healthy ?? false,
    fellBack: report?.fellBack,
    restart: report?.restart !== undefined,
  };
}

interface Member {
  readonly node: Node;
  readonly worker: Worker;
}

async function reachedOf({ api, image }: WaveMaster, record: Rollout | undefined, wave: readonly Member[]): Promise<Set<string>> {
  if (!record) return new Set();
  const asked = wave.filter(({ worker }) => hasSettled(record, worker));
  const found = await Promise.all(asked.map(async ({ node, worker }) => ((await reachesPods(api, node, image)) ? [worker.instance] : [])));
  return new Set(found.flat());
}

function failed(reason: string): WaveRound {
  return { kind: "failed", reason };
}
