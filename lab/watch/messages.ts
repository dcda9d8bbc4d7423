import type { Tls } from "../../agent/store/exchange";

/** Something that becomes true of a machine, looked at again and again from outside of it. */
export type Condition =
  /** Its agent answers on the health port. */
  | { readonly kind: "agent"; readonly address: string }
  /** Its member votes, and answers a linearizable read. */
  | { readonly kind: "voter"; readonly address: string }
  /** Its API server is ready. */
  | { readonly kind: "api"; readonly address: string }
  /** Its kubelet has said so since a moment, in seconds since 1970: a status that is older may be of a machine that is gone. */
  | { readonly kind: "node"; readonly name: string; readonly since: number };

export interface Waiting {
  readonly conditions: readonly Condition[];
  readonly seconds: number;
}

/** When each condition was first seen, in seconds of the monotonic clock; null for what did not come. */
export type Seen = readonly (number | null)[];

/** What was sent, in its order. Times are in seconds of the monotonic clock. */
export interface Sent {
  readonly number: number;
  readonly at: number;
  readonly answered: number;
  readonly ok: boolean;
  /** What was said instead. */
  readonly reason?: string;
}

export interface Histories {
  /** Writes to etcd, one a tenth of a second, each sent once. */
  readonly etcd: readonly Sent[];
  /** Writes to the API as clients reach it, likewise, each by a connection of its own. */
  readonly api: readonly Sent[];
}

export interface Targets {
  readonly etcd: readonly string[];
  readonly masters: readonly string[];
  /** Where clients reach it. */
  readonly api: string;
}

export interface Trust {
  readonly etcd: Tls;
  readonly api: Tls;
}

/** What the process that looks at the cluster offers to the lab. */
export interface WatchCalls {
  targets(targets: Targets): void;
  trust(trust: Trust): void;
  until(waiting: Waiting): Promise<Seen>;
  /** Begins a new history. */
  begin(nothing: null): Promise<void>;
  end(nothing: null): Promise<Histories>;
  /** Numbers of writes of the present history that etcd has. */
  present(nothing: null): Promise<readonly number[]>;
}
