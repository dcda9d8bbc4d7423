import { Objects } from "../agent/store/objects";
import type { Store } from "../agent/store/store";
import { scaled, timing, type Timing } from "../agent/timing";
import type { NodePlatform } from "../constructs/node/platform";
import type { ClusterSpec } from "../constructs/spec/cluster-spec";

/** A cluster as a person's commands reach it: through its store, with that person's own rights. */
export interface Cluster {
  /** Of its environment. */
  readonly environment: string;
  readonly spec: ClusterSpec;
  readonly platform: NodePlatform;
  readonly store: Store;
  /** Of the store, each by its schema. */
  readonly objects: Objects;
  readonly times: Timing;
}

/** @param monotonic milliseconds since any point, never set back */
export function clusterIn(
  environment: string,
  spec: ClusterSpec,
  platform: NodePlatform,
  store: Store,
  monotonic: () => number = () => performance.now(),
): Cluster {
  return { environment, spec, platform, store, objects: new Objects(store, monotonic), times: scaled(timing, spec.repair.timerFactor) };
}
