/** Every time that the agent's decisions wait for, in seconds unless its name says otherwise. The lab scales them by one factor. */
export interface Timing {
  /** T_q: without quorum and without progress, while all seats report, before a recovery may be opened. */
  readonly recoverAfter: number;
  /** A round of votes that is not closed by then is void. */
  readonly round: number;
  /** A seat whose status is older does not report. */
  readonly fresh: number;
  /** How often a seat says what it is while anything is unsettled. */
  readonly statusEvery: number;
  /** How often otherwise. */
  readonly statusQuietly: number;
  readonly permit: number;
  /** No step begins with less left of the permit: longer than any call to etcd or to systemd may take. */
  readonly permitMargin: number;
  /** A machine must be whole for so long before the permit goes on. */
  readonly healthy: number;
  /** The machine that a roll-out names must be whole by then. Shorter than `emergency`, so that a bad candidate is known as failed first. */
  readonly candidate: number;
  /** Without quorum for so long, seats that serve nothing boot what is desired. */
  readonly emergency: number;
  /** T_q does not run while seats restore: for so long, and longer for large snapshots. */
  readonly restoreAtLeast: number;
  /** The slowest restore that is waited for. */
  readonly restoreBytesPerSecond: number;
}

export const timing: Timing = {
  recoverAfter: 120,
  round: 300,
  fresh: 30,
  statusEvery: 10,
  statusQuietly: 1800,
  permit: 900,
  permitMargin: 60,
  healthy: 300,
  candidate: 840,
  emergency: 900,
  restoreAtLeast: 300,
  restoreBytesPerSecond: 10_000_000,
};

/** Every time by one factor; a rate is turned round. */
export function scaled(times: Timing, factor: number): Timing {
  const entries = Object.entries(times).map(([name, value]: [string, number]) => [
    name,
    name === "restoreBytesPerSecond" ? value / factor : value * factor,
  ]);
  return Object.fromEntries(entries) as unknown as Timing;
}
