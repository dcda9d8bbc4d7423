import type { ClusterSpec } from "../spec/cluster-spec";
import { roleConfiguration, type Component, type RoleConfiguration } from "../spec/role-configuration";
import type { Role } from "../spec/roles";
import { etcdSeats, masterSeats, type Seat } from "../spec/seats";
import { admin } from "./admin";
import { agent as agentComponent } from "./agent";
import { agentFiles } from "./agent-files";
import { apiAddress } from "./api-address";
import { apiProxy } from "./api-proxy";
import { containerd } from "./containerd";
import { etcd } from "./etcd";
import { firewall } from "./firewall";
import { apiServiceAddress, kubeApiserver } from "./kube-apiserver";
import { kubeControllerManager } from "./kube-controller-manager";
import { kubeProxy } from "./kube-proxy";
import { kubeScheduler } from "./kube-scheduler";
import { kubelet } from "./kubelet";
import type { NodePlatform } from "./platform";
import { system } from "./system";
import { pathsIn, waiting } from "./waiting";

/**
 * What all machines of a role run.
 * @param agent SHA-256 of the agent's bundle
 */
export function roleConfigurationOf(spec: ClusterSpec, role: Role, platform: NodePlatform, agent: string): RoleConfiguration {
  const components = componentsOf(spec, role, platform);
  const named = new Set(components.flatMap(textsOf).flatMap(pathsIn));
  const written = agentFiles.filter((file) => named.has(file.path));
  const files = components.flatMap((component) => component.files);
  return roleConfiguration.parse({
    format: 1,
    cluster: spec.name,
    role,
    kubernetes: spec.kubernetes,
    agent,
    timerFactor: spec.repair.timerFactor,
    api: apiOf(spec, platform),
    seats: { etcd: etcdSeats(spec).map(place), masters: masterSeats(spec).map(place) },
    pools: Object.fromEntries(Object.entries(spec.workers).map(([name, { labels, taints }]) => [name, { labels, taints }])),
    components: components.map((component) => ({
      ...component,
      units: component.units.map((unit) => waiting(unit, files, written)),
    })),
    agentFiles: written,
  });
}

/** Canonical JSON: the same configuration is the same bytes, whatever the order of keys in the environment. */
export function roleConfigurationText(configuration: RoleConfiguration): string {
  return `${JSON.stringify(configuration, sortKeys, 2)}\n`;
}

function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function componentsOf(spec: ClusterSpec, role: Role, platform: NodePlatform): readonly Component[] {
  const { ownNetwork } = platform;
  const filtered = ownNetwork === undefined ? [] : [firewall(spec, role, ownNetwork)];
  if (role === "etcd") return [system(role), ...filtered, agentComponent(spec, platform), etcd(spec)];
  const controlPlane = [kubeApiserver(spec), kubeControllerManager(spec), kubeScheduler(spec), admin()];
  const shared = ownNetwork === undefined ? [] : [apiAddress(spec, ownNetwork)];
  return [
    system(role),
    ...filtered,
    agentComponent(spec, platform),
    apiProxy(spec),
    // In this order their programs come: others wait for the API.
    ...(role === "master" ? [...controlPlane, ...shared] : []),
    containerd(spec),
    kubelet(spec, role, platform),
    ...(spec.addons.cni === "cilium" ? [] : [kubeProxy(spec)]),
  ];
}

/** The service `kubernetes` as pods call it, and what the platform puts in front of the masters. */
function apiOf(spec: ClusterSpec, { api }: NodePlatform): RoleConfiguration["api"] {
  const service = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", `kubernetes.default.svc.${spec.network.domain}`];
  return { addresses: [apiServiceAddress(spec), ...api.addresses], names: [...service, ...api.names] };
}

function textsOf(component: Component): readonly string[] {
  return [...component.files, ...component.units].map((one) => one.text);
}

function place({ name, zone, address }: Seat) {
  return { name, zone, address };
}
