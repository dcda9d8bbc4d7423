import type { Cidr } from "../spec/cidr";
import type { OperatingSystem } from "../spec/versions";
import type { MachineIdentity } from "../spec/store";

/** What the software on a machine must know of its cloud. */
export interface NodePlatform {
  readonly platform: MachineIdentity["platform"];
  readonly os: OperatingSystem;
  readonly store: MachineIdentity["store"];
  /** Names and blocks that never go through an HTTP proxy: the metadata service and the cloud's private endpoints. */
  readonly bypass: readonly string[];
  /** Time servers of the cloud, used where the spec names none. */
  readonly timeServers: readonly string[];
  /** Addresses and names of the load balancer in front of the masters, as far as they are known before it is there. */
  readonly api: { readonly addresses: readonly string[]; readonly names: readonly string[] };
  /** "external": a cloud controller names and tells the addresses of nodes, and the kubelet waits for it. */
  readonly cloudProvider: "external" | "none";
  /** What a machine without an agent does to itself: a group replaces one that is off; elsewhere it stays off, so it starts again. */
  readonly giveUp: "poweroff" | "reboot";
  /** Where no cloud does so, machines filter their own packets, and masters share the API's address. @default the cloud does both */
  readonly ownNetwork?: OwnNetwork;
}

export interface OwnNetwork {
  readonly apiAddress: string;
  /** What `cloud` is at the end of a flow. */
  readonly cloud: readonly Cidr[];
}
