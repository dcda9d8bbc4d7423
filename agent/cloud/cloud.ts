/** What a cloud said, or why nothing is known: it did not answer, or it refused to. */
export type Known<T> = { readonly kind: "known"; readonly value: T } | { readonly kind: "unknown"; readonly reason: string };

/** Asked of the metadata service, by path; undefined for what it does not have. */
export type Metadata = (path: string) => Promise<Known<string | undefined>>;

/** This machine, by its own metadata. */
export interface Self {
  /** `i-0123456789abcdef0`, `4520031799277581759`: another one for every machine, also on the same seat. */
  readonly instance: string;
  readonly zone: string;
  readonly address: string;
  /** What Kubernetes calls the machine's own name in the cloud: the name of its node. */
  readonly hostname: string;
  /** `aws:///eu-central-1a/i-0123456789abcdef0`, `gce://example-platform/europe-west4-a/orchard-master-0` */
  readonly providerId: string;
}

/** A machine of this cluster that runs, by the word of the cloud. */
export interface Instance {
  readonly id: string;
  readonly pool?: string;
  readonly seat?: string;
  readonly addresses: readonly string[];
  readonly names: readonly string[];
  readonly providerId: string;
}

export type SeatVolume =
  | { readonly kind: "attached"; readonly device: string }
  /** On its way, or still in use by the seat's last machine; or there, and given to none but the next machine. */
  | { readonly kind: "waiting"; readonly reason: string; readonly forNextMachine?: true }
  /** The cloud says that the seat has none: somebody has to make one. */
  | { readonly kind: "absent"; readonly reason: string };

export const waiting = (reason: string): SeatVolume => ({ kind: "waiting", reason });

/** What an agent asks of its cloud. Nothing throws: a cloud that does not answer is nobody's fault. */
export interface Cloud {
  self(): Promise<Known<Self>>;
  /** Attaches the volume of a seat to this machine, as far as that goes now; asked again until it is attached. */
  seatVolume(seat: string): Promise<SeatVolume>;
  /** By its id or the name of its node; undefined when the cloud says that no such machine of this cluster runs. */
  instance(named: string): Promise<Known<Instance | undefined>>;
  /** What pods may take to move away, of the time between an announcement and the end, in seconds. */
  readonly drainSeconds: number;
  /** How a worker that was granted its replacement goes: its group replaces one that is off, or somebody who reads its request makes another. */
  readonly goes: "by power" | "on request";
  /** Why this machine is about to be taken away, as soon as the cloud announces it. */
  interruption(): Promise<Known<string | undefined>>;
}
