import * as z from "zod";
import { EtcdClient } from "../../agent/etcd/client";
import { exchange, isOk } from "../../agent/store/exchange";
import { port } from "../../constructs/spec/ports";
import { monotonic } from "../machine";
import type { Condition, Seen, Targets, Trust, Waiting } from "./messages";

const everyMs = 150;
const patienceMs = 700;

export interface Known {
  readonly targets: Targets;
  readonly trust: Trust | undefined;
}

/** Looks at all of them side by side until each was seen, or time is up. */
export async function until({ conditions, seconds }: Waiting, known: () => Known): Promise<Seen> {
  const end = monotonic() + seconds;
  return Promise.all(
    conditions.map(async (condition) => {
      while (monotonic() < end) {
        if (await holds(condition, known())) return monotonic();
        await new Promise((resolve) => setTimeout(resolve, everyMs));
      }
      return null;
    }),
  );
}

async function holds(condition: Condition, { targets, trust }: Known): Promise<boolean> {
  switch (condition.kind) {
    case "agent":
      return isOk(new URL(`http://${condition.address}:${port.agentHealth}/livez`), patienceMs);
    case "api":
      return isOk(new URL(`https://${condition.address}:${port.api}/readyz`), patienceMs, trust?.api);
    case "voter":
      return trust !== undefined && votes(condition.address, trust);
    case "node":
      return trust !== undefined && isNodeReady(condition.name, condition.since, targets, trust);
  }
}

async function votes(address: string, trust: Trust): Promise<boolean> {
  const client = new EtcdClient(`https://${address}:${port.etcdClient}`, () => Promise.resolve(trust.etcd));
  const status = await client.status();
  if (status.kind !== "answered" || status.value.isLearner || status.value.leader === "0") return false;
  return (await client.get("/lab")).kind === "answered";
}

const condition = z.object({ type: z.string(), status: z.string(), lastHeartbeatTime: z.string().optional() });
const node = z.object({ status: z.object({ conditions: z.array(condition).default([]) }) });
const lease = z.object({ spec: z.object({ renewTime: z.string() }) });

/**
 * By both of a kubelet's heartbeats, its Node's status and its Lease
 * (https://kubernetes.io/docs/reference/node/node-status/#heartbeats): the Lease of a node that is new may come with the second
 * renewal, for a kubelet that does not find its Node yet makes none and tries again 10 s later.
 */
async function isNodeReady(name: string, since: number, { masters }: Targets, trust: Trust): Promise<boolean> {
  for (const master of masters) {
    const get = async (path: string): Promise<unknown> => {
      const url = new URL(`https://${master}:${port.api}${path}`);
      const answer = await exchange({ method: "GET", url, tls: trust.api, patienceMs });
      return answer.kind === "answered" && answer.status === 200 ? JSON.parse(answer.text) : undefined;
    };
    const own = node.safeParse(await get(`/api/v1/nodes/${name}`));
    if (!own.success) continue;
    const ready = own.data.status.conditions.find(({ type, status }) => type === "Ready" && status === "True");
    const renewed = lease.safeParse(await get(leasePath(name))).data?.spec.renewTime;
    const heartbeats = [ready?.lastHeartbeatTime, renewed].map((time) => Date.parse(time ?? "") / 1000);
    return ready !== undefined && heartbeats.some((at) => at > since);
  }
  return false;
}

const leasePath = (name: string): string => `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`;
