import type { RoleConfiguration } from "../../constructs/spec/role-configuration";
import { poolTag } from "../../constructs/spec/tag-names";

/** What units of a node read of its machine. */
export interface NodeMachine {
  /** Of the node: as the cloud calls the machine. */
  readonly name: string;
  readonly address: string;
  /** `aws:///eu-central-1a/i-0123456789abcdef0`; undefined where no cloud controller asks for it. */
  readonly providerId?: string;
  /** Of a worker. */
  readonly pool?: string;
}

/** `kubelet.env`: labels and taints are those of the pool, and the pool is a label itself. All of them are always there, as the unit names them. */
export function kubeletEnvironment({ name, address, providerId = "", pool }: NodeMachine, pools: RoleConfiguration["pools"]): string {
  const { labels = {}, taints = [] } = pool === undefined ? {} : (pools[pool] ?? {});
  const all = { ...labels, ...(pool === undefined ? {} : { [poolTag]: pool }) };
  return variables({
    NODE_NAME: name,
    NODE_ADDRESS: address,
    PROVIDER_ID: providerId,
    NODE_LABELS: Object.entries(all)
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(),
    NODE_TAINTS: taints.map(({ key, value, effect }) => `${key}=${value}:${effect}`).join(),
  });
}

/** `kube-apiserver.env` */
export function apiServerEnvironment({ address }: Pick<NodeMachine, "address">): string {
  return variables({ NODE_ADDRESS: address });
}

function variables(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}
