import type { Api } from "./api";
import { collections, pod, type Pod } from "./objects";
import { close } from "./report";

export interface Drained {
  /** Pods that were still there when time was up, and why. */
  readonly left: readonly string[];
  /** Why the node could not be closed for new pods. */
  readonly open?: string;
}

export interface DrainClock {
  readonly monotonic: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const againMs = 2_000;

/**
 * Closes a node for new pods and asks its pods to leave, as disruption budgets allow, for so many seconds at most. Pods of
 * daemon sets stay: they would only come back. A node may do this to itself.
 */
export async function drain(api: Api, node: string, seconds: number, { monotonic, sleep }: DrainClock): Promise<Drained> {
  const until = monotonic() + seconds * 1000;
  const closed = await close(api, node);
  const open = closed === undefined ? {} : { open: closed };
  for (;;) {
    const listed = await api.list(collections.pods, pod, { fieldSelector: `spec.nodeName=${node}` });
    const staying = listed.kind === "answered" ? listed.value.filter(mustLeave) : undefined;
    if (staying?.length === 0) return { left: [], ...open };
    const reasons = staying ? await Promise.all(staying.map((one) => evict(api, one))) : [listed.kind === "answered" ? "" : listed.reason];
    if (monotonic() + againMs >= until) return { left: reasons, ...open };
    await sleep(againMs);
  }
}

function mustLeave({ metadata, status }: Pod): boolean {
  const ofDaemonSet = (metadata.ownerReferences ?? []).some(({ kind, controller }) => kind === "DaemonSet" && controller);
  const isMirror = metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined;
  return !ofDaemonSet && !isMirror && !["Succeeded", "Failed"].includes(status?.phase ?? "");
}

async function evict(api: Api, { metadata }: Pod): Promise<string> {
  const { name, namespace = "default" } = metadata;
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  const answer = await api.create(`/api/v1/namespaces/${namespace}/pods/${name}/eviction`, eviction);
  return `${namespace}/${name}: ${answer.kind === "answered" ? "it is stopping" : answer.reason}`;
}
