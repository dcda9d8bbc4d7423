import type { ClusterInput } from "../constructs/spec/cluster-spec";
import type { Environment } from "../constructs/spec/environment";

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
export interface LabInput extends Size {
  /** PEM of the authority that signed what the stand-ins show. */
  readonly authority: string;
  /** Digests of what the lab has built itself, by upstream's URL. */
  readonly builds: Readonly<Record<string, string>>;
  /** By what all timers of repairs are multiplied. */
  readonly timerFactor: number;
  /** Whether machines have an image of Debian. @default that of production */
  readonly debian?: boolean;
}

/** An environment of the lab, of what decides it. */
export type LabEnvironment = (input: LabInput) => Environment;

type Placement = ClusterInput["placement"];

/**
 * Production, as it fits into one computer. `test/lab/environment.test.ts` names all that machines see differently
 * because of it.
 * @param debian an image of Debian in this cloud; only the system of an image decides what user-data is like
 */
export function labEnvironment(production: Environment, debian: Placement["image"]): LabEnvironment {
  return (input) => {
    const { cluster } = production;
    const { authority, seats, masters = seats, workers, builds, timerFactor, kubernetes = "1.35" } = input;
    const pools = Object.entries(cluster.workers).map(([name, pool]) => [name, { ...pool, min: name === "general" ? workers : 0 }]);
    return {
      ...production,
      cluster: {
        ...cluster,
        placement: { ...cluster.placement, ...(input.debian && { image: debian }) } as Placement,
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
  };
}
