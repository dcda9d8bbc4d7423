import { byCloud, type ByCloud } from "./by-cloud";
import type { Cidr } from "./cidr";
import type { ClusterSpec } from "./cluster-spec";
import { googleFlows } from "./flows-google";
import { vsphereFlows } from "./flows-vsphere";
import type { Tier } from "./intent";
import { port } from "./ports";
import { blockOf, everywhere, portOf } from "./servers";
import { nodeBlocks } from "./zones";

/**
 * One end of a flow: a tier of machines; `api`, the load balancer in front of the masters or the address that they share; `cloud`, the cloud's own APIs
 * and the cluster store by their private endpoints; or a block of addresses.
 */
export type End = Tier | "api" | "cloud" | Cidr;

/** `from` opens connections to `ports` of `to`. What no flow allows is closed. */
export interface Flow {
  readonly from: End;
  readonly to: End;
  /** `tcp/443`, `udp/30000-32767` */
  readonly ports: readonly string[];
  readonly why: string;
}

const tcp = (number: number): string => `tcp/${number}`;
const udp = (number: number): string => `udp/${number}`;

/** What of a cluster decides its flows. */
export type Connected = Pick<ClusterSpec, "placement" | "network" | "access" | "addons">;

/** The flows that a cluster cannot live without. `segmentation/machine-flows.ts` adds those of the intent: use that one. */
export function baseFlows(spec: Connected): readonly Flow[] {
  return [...controlPlane, ...apiAccess(spec), ...podNetwork(spec), ...outward(spec), ...byCloud(spec.placement, ofClouds)];
}

/** What a cloud itself opens to machines. AWS looks at machines from outside, and its sessions begin on the machine. */
const ofClouds: ByCloud<readonly Flow[]> = { aws: () => [], google: () => googleFlows, vsphere: vsphereFlows };

const controlPlane: readonly Flow[] = [
  { from: "etcd", to: "etcd", ports: [tcp(port.etcdPeer)], why: "raft between the members" },
  { from: "etcd", to: "etcd", ports: [tcp(port.etcdClient)], why: "agents add, promote and remove members" },
  { from: "masters", to: "etcd", ports: [tcp(port.etcdClient)], why: "API servers keep their state in etcd" },
  { from: "masters", to: "masters", ports: [tcp(port.api)], why: "API proxies of masters reach the other API servers" },
  { from: "workers", to: "masters", ports: [tcp(port.api)], why: "API proxies of workers reach the API servers" },
  { from: "masters", to: "masters", ports: [tcp(port.kubelet)], why: "API servers read logs and metrics of masters" },
  { from: "masters", to: "workers", ports: [tcp(port.kubelet)], why: "API servers read logs and metrics of workers" },
  ...(["etcd", "masters", "workers"] as const).map((to) => ({
    from: "masters" as const,
    to,
    ports: [tcp(port.agentHealth)],
    why: `masters ask the agents of ${to} for their health`,
  })),
  { from: "etcd", to: "etcd", ports: [tcp(port.agentHealth)], why: "seats ask the agents of the other seats for their health" },
  { from: "etcd", to: "masters", ports: [tcp(port.agentHealth)], why: "no seat is disturbed on purpose while a master is not ready" },
];

/** Where there is one; elsewhere the masters themselves have the address that clients call. */
const balancer: readonly Flow[] = [
  { from: "api", to: "masters", ports: [tcp(port.api)], why: "the load balancer forwards to the API servers and probes them" },
];

function apiAccess(spec: Connected): readonly Flow[] {
  const clients = [...(spec.access.api === "internal" ? nodeBlocks(spec) : []), ...spec.access.from];
  return [
    ...byCloud(spec.placement, { aws: () => balancer, google: () => balancer, vsphere: () => [] }),
    ...clients.map((from) => ({ from, to: "api" as const, ports: [tcp(port.api)], why: "clients of the API" })),
  ];
}

/** What the CNI needs between machines with a kubelet. */
const cniPorts: Record<ClusterSpec["addons"]["cni"], readonly { readonly ports: readonly string[]; readonly why: string }[]> = {
  cilium: [
    { ports: [udp(port.ciliumVxlan)], why: "pod network (Cilium VXLAN)" },
    { ports: [tcp(port.ciliumHealth)], why: "Cilium health checks" },
  ],
  calico: [
    { ports: [udp(port.vxlan)], why: "pod network (Calico VXLAN)" },
    { ports: [tcp(port.typha)], why: "Calico nodes reach Typha" },
  ],
  antrea: [
    { ports: [udp(port.geneve)], why: "pod network (Antrea Geneve)" },
    { ports: [tcp(port.antreaAgent), udp(port.antreaAgent)], why: "Antrea agents find each other" },
  ],
  none: [],
};

function podNetwork(spec: Connected): readonly Flow[] {
  const nodes = ["masters", "workers"] as const;
  return cniPorts[spec.addons.cni].flatMap((need) => nodes.flatMap((from) => nodes.map((to) => ({ from, to, ...need }))));
}

function outward(spec: Connected): readonly Flow[] {
  const { proxy, dns, ntp } = spec.network;
  const tiers = ["etcd", "masters", "workers"] as const;
  const flow = (to: End, ports: readonly string[], why: string): Flow[] => tiers.map((from) => ({ from, to, ports, why }));
  return [
    ...flow("cloud", [tcp(port.https)], "cluster store and the APIs of the cloud"),
    ...(proxy
      ? [...new Set([proxy.http, proxy.https ?? proxy.http])].flatMap((url) => flow(blockOf(url), [tcp(portOf(url))], "HTTP proxy"))
      : flow(everywhere, [tcp(port.https)], "artifacts, images and the APIs of the cloud")),
    ...dns.flatMap((server) => flow(`${server}/32`, [tcp(port.dns), udp(port.dns)], "DNS servers")),
    ...[...new Set(ntp.map(blockOf))].flatMap((to) => flow(to, [udp(port.ntp)], "time servers")),
  ];
}
