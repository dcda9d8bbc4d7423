import * as z from "zod";
import { webImage } from "../images";
import { monotonic } from "../machine";
import type { Operator } from "../operator";

const everyMs = 300;
const daemonSets = "/apis/apps/v1/namespaces/default/daemonsets";
const labels = { app: "lab-web" };

const daemonSet = {
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "lab-web" },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        // One on every node, masters too: a small cluster has no second worker.
        tolerations: [{ operator: "Exists" }],
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            name: "web",
            image: webImage,
            imagePullPolicy: "Never",
            readinessProbe: { httpGet: { path: "/", port: 8080 }, periodSeconds: 1 },
          },
        ],
      },
    },
  },
};

const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ nodeName: z.string().optional() }),
      status: z.object({
        podIP: z.string().optional(),
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
      }),
    }),
  ),
});

/** Two pods of different nodes, by the API: one that asks, and one that is asked. */
interface Pair {
  readonly from: string;
  readonly to: string;
  readonly address: string;
}

/**
 * Runs a pod on every node and waits until one has fetched a page from one of another node. Begins before there is an API,
 * and leaves nothing behind. @returns when that was, in seconds of the monotonic clock
 */
export async function podsTalk(operator: Operator, seconds: number): Promise<number> {
  const end = monotonic() + seconds;
  await again(end, "an API that takes a DaemonSet", async () => {
    const { status } = await operator.ask("POST", daemonSets, JSON.stringify(daemonSet));
    return status === 201 || status === 409;
  });
  await again(end, "two pods that talk HTTP", async () => {
    const { status, text } = await operator.ask("GET", `/api/v1/namespaces/default/pods?labelSelector=app%3D${labels.app}`);
    const pair = status === 200 ? pairOf(text) : undefined;
    return pair !== undefined && (await talk(operator, pair));
  });
  const at = monotonic();
  await operator.ask("DELETE", `${daemonSets}/${daemonSet.metadata.name}`);
  return at;
}

export function pairOf(pods: string): Pair | undefined {
  const ready = podList
    .parse(JSON.parse(pods))
    .items.filter(({ status }) => status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True"));
  const [from] = ready;
  const to = ready.find(({ spec }) => spec.nodeName !== from?.spec.nodeName);
  if (!from || to?.status.podIP === undefined) return undefined;
  return { from: from.metadata.name, to: to.metadata.name, address: to.status.podIP };
}

/** The page of a pod is its name. */
async function talk(operator: Operator, { from, to, address }: Pair): Promise<boolean> {
  const { status, stdout } = await operator.kubectl("exec", from, "--request-timeout=5s", "--", "/web", "get", `http://${address}:8080/`);
  return status === 0 && stdout.trim() === to;
}

async function again(end: number, wanted: string, isThere: () => Promise<boolean>): Promise<void> {
  while (!(await isThere())) {
    if (monotonic() > end) throw new Error(`${wanted}: not in time`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
