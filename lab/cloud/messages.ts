import type { KeyPair } from "../authority";
import type { Placement } from "../../constructs/spec/cluster-spec";
import type { CloudName } from "../played-cloud";
import type { StoreMode } from "../store/moods";
import type { PlannedBalancer } from "../synthesized";
import type { Caller } from "../store/rights";

/** What the process that plays the cloud is told before it serves anything. */
export interface Start {
  readonly cloud: CloudName;
  readonly placement: Placement;
  /** What the cloud's own front of the store reaches it by. */
  readonly gateway: object;
  readonly tls: KeyPair;
  readonly addresses: { readonly store: string; readonly api: string; readonly mirror: string; readonly metadata: string };
  readonly balancer?: PlannedBalancer;
  readonly timerFactor: number;
  /** Files of the mirror by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** A machine as the cloud knows it, by the address that asks. */
export interface Instance {
  /** `i-0123456789abcdef0` */
  readonly id: string;
  readonly address: string;
  /** `ip-10-0-0-4.eu-central-1.compute.internal` */
  readonly hostname: string;
  readonly zone: string;
  readonly caller: Caller;
  readonly tags: Readonly<Record<string, string>>;
  readonly userData: string;
  /** What the cloud tells it besides, by key. */
  readonly values: Readonly<Record<string, string>>;
  /** Whether the load balancer passes connections to it. */
  readonly balanced: boolean;
}

export interface InstanceRow extends Omit<Instance, "userData" | "values" | "caller" | "balanced"> {
  readonly state: "pending" | "running" | "shutting-down" | "terminated";
  readonly launchedAt: string;
}

export interface Attachment {
  readonly instance: string;
  readonly device: string;
  readonly status: "attaching" | "attached" | "detaching" | "busy";
  readonly at: string;
}

export interface VolumeRow {
  /** `vol-0123456789abcdef0` */
  readonly id: string;
  readonly zone: string;
  readonly sizeGiB: number;
  readonly state: "creating" | "available" | "in-use";
  readonly tags: Readonly<Record<string, string>>;
  readonly attachment?: Attachment;
  readonly createdAt: string;
}

export interface AttachCall {
  readonly volume: string;
  readonly instance: string;
  readonly device: string;
}

export type Attached =
  | { readonly kind: "done"; readonly attachment: Attachment }
  | { readonly kind: "refused"; readonly code: string; readonly message: string };

/** What the cloud offers to the lab. */
export interface CloudCalls {
  /** Resolves when it serves. */
  start(start: Start): Promise<void>;
  introduce(instance: Instance): void;
  forget(address: string): void;
  /** Something that only this machine's metadata says, `spot/instance-action`; without a body it is taken back. */
  notice(notice: { readonly id: string; readonly path: string; readonly body?: string | undefined }): void;
  store(mode: StoreMode): void;
  /** Addresses that the load balancer passes connections to because they are healthy. */
  healthy(nothing: null): readonly string[];
}

/** What the lab, which has the machines and disks, offers to the cloud. */
export interface LabCalls {
  instances(nothing: null): readonly InstanceRow[];
  volumes(nothing: null): readonly VolumeRow[];
  attach(call: AttachCall): Promise<Attached>;
  detach(call: AttachCall): Promise<Attached>;
}
