import type { ClusterInput } from "../constructs/spec/cluster-spec";
import type { Environment } from "../constructs/spec/environment";
import { environment as production } from "../environments/prod-aws";

/** The versions that the lab builds, the default minor and the next one: Go's module proxy does not serve every patch. */
export const labKubernetes = { "1.35": "1.35.4", "1.36": "1.36.3" } as const;
export type LabKubernetes = keyof typeof labKubernetes;

/** Where the lab's own stand-in for upstream releases is. */
export const mirrorHost = "mirror.coppice.test";

/** How many machines a run has, and what runs on them. */
export interface Size {
  /** Of etcd. */
  readonly seats: 1 | 3 | 5;
  /** @default as many as etcd has */
  readonly masters?: 1 | 3 | 5;
  readonly workers: number;
  /** @default "1.35" */
  readonly kubernetes?: LabKubernetes;
}

/** What of a run decides its environment. */
/** The lab plays AWS. */
type AwsPlacement = Extract<ClusterInput["placement"], { cloud: "aws" }>;

export interface LabInput extends Size {
  /** PEM of the authority that signed what the stand-ins show. */
  readonly authority: string;
  /** Digests of what the lab has built itself, by upstream's URL. */
  readonly builds: Readonly<Record<string, string>>;
  /** By what all timers of repairs are multiplied. */
  readonly timerFactor: number;
  /** @default Flatcar, as in production */
  readonly image?: AwsPlacement["image"];
}

/**
 * Production, as it fits into one computer. `test/lab/environment.test.ts` names all that machines see differently
 * because of it.
 */
export function labEnvironment({
  authority,
  seats,
  masters = seats,
  workers,
  builds,
  timerFactor,
  image,
  kubernetes = "1.35",
}: LabInput): Environment {
  const { cluster } = production;
  const pools = Object.entries(cluster.workers).map(([name, pool]) => [name, { ...pool, min: name === "general" ? workers : 0 }]);
  return {
    ...production,
    cluster: {
      ...cluster,
      placement: { ...(cluster.placement as AwsPlacement), ...(image && { image }) },
      kubernetes: labKubernetes[kubernetes],
      etcd: { seats },
      masters: { seats: masters },
      workers: Object.fromEntries(pools) as ClusterInput["workers"],
      addons: { ...cluster.addons, cni: "none" },
      repair: { ...cluster.repair, timerFactor },
      mirror: `https://${mirrorHost}`,
      builds,
      trust: [authority],
    },
    protect: false,
  };
}

/** For the machine that goes through cloud-init; only the system of an image decides what user-data is like. */
export const debianImage = {
  os: "debian",
  owner: "136693071363",
  names: { amd64: "debian-12-amd64", arm64: "debian-12-arm64" },
} as const;
