import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "./machine";
import type { Wires } from "./network";
import type { Operator } from "./operator";
import type { Run } from "./run-folder";

/** What of a Node this reads. */
interface Node {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly spec: { readonly podCIDR?: string; readonly taints?: readonly { readonly key: string }[] };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const uninitialized = "node.cloudprovider.kubernetes.io/uninitialized";
/** A watch whose master died is not told so: it ends by itself, and another one begins. */
const watchSeconds = 10;
/** How often it looks at nodes of which nothing new is said. */
const lookMs = 1_000;

/** Where machines of the lab get what a CNI and the cloud's own controller bring in production. */
export const standIns: readonly string[] = [
  "pods of two nodes reach each other by routes of the lab's switch, through a bridge on each node: there is no tunnel and no policy",
  "the lab stands in for the cloud controller: it takes the taint of new nodes away, and deletes nodes whose machine is gone for good",
];

/**
 * Plays the parts of a CNI's and of a cloud's controllers that nodes wait for: gives every node its bridge and its route,
 * takes the taint of uninitialized nodes away, and deletes those that are not ready and have no machine.
 */
export class CloudController {
  private readonly nodes = new Map<string, Node>();
  /** Block and instance that a node was served for, by its name. */
  private readonly served = new Map<string, string>();
  private watch: { stop(): void } | undefined;
  private over = false;
  private readonly work: Promise<void>;

  constructor(
    private readonly run: Run,
    private readonly wires: Pick<Wires, "routePods">,
    private readonly operator: Operator,
    private readonly machines: () => readonly Machine[],
    private readonly failed: (reason: unknown) => void,
  ) {
    this.work = this.follow().catch(this.failed);
  }

  async stop(): Promise<void> {
    this.over = true;
    this.watch?.stop();
    await this.work;
  }

  private async follow(): Promise<void> {
    const timer = setInterval(() => [...this.nodes.values()].forEach((node) => this.look(node)), lookMs).unref();
    for (; !this.over; await new Promise((resolve) => setTimeout(resolve, 500).unref())) {
      if (!this.operator.hasCredentials()) continue;
      const watch = this.operator.watch(`/api/v1/nodes?watch=1&timeoutSeconds=${watchSeconds}`, (line) => this.heard(line));
      this.watch = watch;
      await watch.ended;
    }
    clearInterval(timer);
  }

  private heard(line: string): void {
    const event = eventOf(line);
    if (!event) return;
    const { type, object } = event;
    if (type === "ADDED" || type === "MODIFIED") {
      this.nodes.set(object.metadata.name, object);
      this.look(object);
    } else if (type === "DELETED") this.nodes.delete(object.metadata.name);
  }

  private look(node: Node): void {
    const machine = this.machines().find(({ hostname }) => hostname === node.metadata.name);
    this.serve(node, machine).catch(this.failed);
  }

  private async serve({ metadata, spec, status }: Node, machine: Machine | undefined): Promise<void> {
    const { name, resourceVersion } = metadata;
    const wanted = machine && spec.podCIDR !== undefined ? `${spec.podCIDR} ${machine.instance}` : undefined;
    if (machine && spec.podCIDR !== undefined && this.served.get(name) !== wanted) {
      this.served.set(name, wanted ?? "");
      await this.wires.routePods(this.run, spec.podCIDR, machine.plan);
      writeBridge(machine.root, spec.podCIDR);
    }
    const taints = spec.taints ?? [];
    if (machine && taints.some(({ key }) => key === uninitialized)) {
      const left = { metadata: { resourceVersion }, spec: { taints: taints.filter(({ key }) => key !== uninitialized) } };
      await this.operator.ask("PATCH", `/api/v1/nodes/${name}`, JSON.stringify(left), "application/merge-patch+json");
    }
    const ready = status.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True");
    if (!machine && !ready) await this.operator.ask("DELETE", `/api/v1/nodes/${name}`);
  }
}

interface Event {
  readonly type: string;
  readonly object: Node;
}

/** Undefined for an error of the API, after which a watch ends, and for a line that its connection has not brought to its end. */
function eventOf(line: string): Event | undefined {
  if (!line.startsWith('{"type":')) return undefined;
  try {
    return JSON.parse(line) as Event;
  } catch {
    return undefined;
  }
}

/** https://www.cni.dev/plugins/current/main/bridge/ */
function writeBridge(root: string, subnet: string): void {
  const folder = join(root, "etc/cni/net.d");
  const bridge = {
    type: "bridge",
    bridge: "cni0",
    isGateway: true,
    hairpinMode: true,
    ipam: { type: "host-local", ranges: [[{ subnet }]], routes: [{ dst: "0.0.0.0/0" }] },
  };
  const plugins = [bridge, { type: "portmap", capabilities: { portMappings: true } }];
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "10-lab.conflist");
  writeFileSync(`${file}.new`, JSON.stringify({ cniVersion: "1.0.0", name: "lab", plugins }));
  renameSync(`${file}.new`, file);
}
