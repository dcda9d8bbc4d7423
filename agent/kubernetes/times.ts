/** What the masters' and workers' parts wait for, in seconds. */
export interface KubernetesTimes {
  /** A node whose lease is older does not live: the kubelet renews it every 10 seconds. */
  readonly leaseStale: number;
  /** A worker that is broken for so long asks for its replacement. */
  readonly broken: number;
  /** What a worker asks for, and what it is granted, is forgotten after that. */
  readonly grant: number;
  /** For pods to leave a machine that is given up. */
  readonly drain: number;
}

const designed: KubernetesTimes = { leaseStale: 300, broken: 900, grant: 1800, drain: 300 };
/** Two renewals that were missed in a row, and a third one that is late. */
const leaseStaleAtLeast = 25;

/** @param factor of the role configuration */
export function kubernetesTimes(factor: number): KubernetesTimes {
  const { leaseStale, broken, grant, drain } = designed;
  return {
    leaseStale: Math.max(leaseStale * factor, leaseStaleAtLeast),
    broken: broken * factor,
    grant: grant * factor,
    drain: drain * factor,
  };
}

/** A join token lives three times as long as it is used, so that a day without masters keeps nobody out. */
export const tokenHours = { renewAfter: 12, life: 36 } as const;

/** Operators' requests are answered while they are young; a certificate of theirs ends with the day's work. */
export const operatorTimes = { requestSeconds: 300, certificateHours: 8 } as const;
