import type { Role } from "../../constructs/spec/roles";

/** What is born once per cluster and generation, and by machines of which role. */
interface Birth {
  readonly bornBy: Role;
  readonly form: "authority" | "key-pair" | "secret";
}

export const purposes = {
  "etcd-peer": { bornBy: "etcd", form: "authority" },
  /** Of etcd's clients and of its servers. */
  "etcd-client": { bornBy: "etcd", form: "authority" },
  "cluster/kubernetes": { bornBy: "master", form: "authority" },
  "cluster/front-proxy": { bornBy: "master", form: "authority" },
  "cluster/service-account": { bornBy: "master", form: "key-pair" },
  "cluster/encryption": { bornBy: "master", form: "secret" },
} as const satisfies Record<string, Birth>;

export type Purpose = keyof typeof purposes;

/** Fingerprints of etcd's own authorities are in the epoch; those of the masters' keys in etcd, which these open. */
export const isRecordedInEtcd = (purpose: Purpose): boolean => purpose.startsWith("cluster/");

/** `etcd-peer/1`: how a generation is called in records, and the end of its key in the store. */
export const nameOf = (purpose: Purpose, generation: number): string => `${purpose}/${generation}`;
export const keyOf = (purpose: Purpose, generation: number): string => `pki/${nameOf(purpose, generation)}`;
export const trustKeyOf = (purpose: Purpose, generation: number): string => `trust/${nameOf(purpose, generation)}`;

/** Generations of a purpose among names or keys. */
export function generationsIn(purpose: Purpose, names: Iterable<string>): number[] {
  const prefix = `${purpose}/`;
  return [...names]
    .map((name) => name.replace(/^(pki|trust)\//, ""))
    .filter((name) => name.startsWith(prefix) && /^[1-9]\d*$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b);
}
