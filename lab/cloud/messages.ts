/** What the lab tells the process that plays the cloud, before it serves anything. */
export interface Start {
  readonly kind: "start";
  readonly folder: string;
  readonly python: string;
  readonly account: string;
  readonly region: string;
  readonly bucket: string;
  readonly tls: { readonly certificate: string; readonly key: string };
  readonly addresses: { readonly store: string; readonly mirror: string; readonly metadata: string };
  /** Objects of the store by key. */
  readonly objects: Readonly<Record<string, string>>;
  /** Files of the mirror by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** A machine as the metadata service knows it, by the address that asks. */
export interface Instance {
  readonly address: string;
  /** `i-0123456789abcdef0` */
  readonly id: string;
  /** Name of its role. */
  readonly profile: string;
  readonly userData: string;
}

export type Message = Start | { readonly kind: "instance"; readonly instance: Instance };
export type Answer =
  { readonly kind: "ready" } | { readonly kind: "known"; readonly id: string } | { readonly kind: "failed"; readonly why: string };
