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
}
