import type { EtcdClient } from "../etcd/client";
import type { ControlPlane } from "../permit";
import type { FileStore } from "../store/files";
import type { Store } from "../store/store";
import type { Timing } from "../timing";
import type { EtcdTools, TlsPaths } from "./snapshot-files";

/** The etcd member on this machine, and all that its upkeep needs. */
export interface OwnMember {
  /** Name of the seat, and of the member. */
  readonly seat: string;
  readonly etcd: EtcdClient;
  /** Another member, by the client URL that it advertises. */
  readonly other: (endpoint: string) => EtcdClient;
  /** Of the own member, for etcd's tools: `https://127.0.0.1:2379`. */
  readonly endpoint: string;
  readonly tls?: TlsPaths;
  readonly tools: EtcdTools;
  /** `http://127.0.0.1:2381/metrics` */
  readonly metricsUrl: string;
  readonly store: Store & FileStore;
  /** For snapshots while they are made and verified: on the root disk, never on the seat's. What is in it is deleted. */
  readonly scratch: string;
  /** Asked of the others themselves. */
  readonly plane: () => Promise<ControlPlane>;
  /** Milliseconds since any point. */
  readonly monotonic: () => number;
  /** Scaled already. */
  readonly times: Pick<Timing, "permit" | "permitMargin">;
  /** By which the times of upkeep itself are scaled. @default 1 */
  readonly timerFactor?: number;
}
