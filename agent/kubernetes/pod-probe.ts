import { connect } from "node:net";
import type { Api } from "./api";
import { collections, pathOf, pod as podSchema, type Node } from "./objects";

/** Nothing listens there: a pod refuses it, and only a pod that can be reached does. */
const closedPort = 9;
const patienceMs = 2_000;
/** A pod that nobody has removed ends by itself. */
const lifeSeconds = 1800;

const nameOf = (node: string): string => `coppice-probe-${node}`;

/**
 * Whether pods on a node can be reached from here: one that does nothing is put onto it, for as long as it is asked about. It
 * takes the way of every pod: the node's container runtime, its network plugin, and the network between two machines.
 * @param image what every node has: the container that holds the namespaces of pods
 */
export async function reachesPods(api: Api, node: Node, image: string): Promise<boolean> {
  const path = pathOf.ownPod(nameOf(node.metadata.name));
  const found = await api.get(path, podSchema);
  if (found.kind === "absent") await api.create(collections.ownPods, probe(node, image));
  if (found.kind !== "answered") return false;
  const { phase, podIP } = found.value.status ?? {};
  if (phase === "Failed" || phase === "Succeeded") await api.delete(path);
  return phase === "Running" && podIP !== undefined && answers(podIP, closedPort);
}

export async function removeProbe(api: Api, node: string): Promise<void> {
  await api.delete(pathOf.ownPod(nameOf(node)));
}

function probe({ metadata }: Node, image: string): object {
  const { name, uid } = metadata;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: nameOf(name),
      namespace: "kube-system",
      labels: { "app.kubernetes.io/name": "coppice-probe", "app.kubernetes.io/managed-by": "coppice" },
      // Whoever deletes the node deletes it too.
      ownerReferences: [{ apiVersion: "v1", kind: "Node", name, uid }],
    },
    spec: {
      nodeName: name,
      activeDeadlineSeconds: lifeSeconds,
      // It has nothing to end.
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ operator: "Exists" }],
      securityContext: { runAsNonRoot: true, runAsUser: 65535, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "probe",
          image,
          resources: { requests: { cpu: "1m", memory: "4Mi" }, limits: { memory: "16Mi" } },
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  };
}

/** Whether somebody has that address: who accepts a connection answers, and so does who refuses it. */
export function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const timer = setTimeout(() => end(false), patienceMs);
    const end = (answer: boolean): void => {
      clearTimeout(timer);
      resolve(answer);
      socket.destroy();
    };
    socket.once("connect", () => end(true));
    socket.on("error", (reason: NodeJS.ErrnoException) => end(reason.code === "ECONNREFUSED"));
  });
}
