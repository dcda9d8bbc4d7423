/** What upkeep waits for, in seconds. The lab scales them by one factor. */
export interface UpkeepTimes {
  /** A look at the member; the first of an upload that failed to the next, doubled each time. */
  readonly look: number;
  /** From one reading of etcd's metrics to the next: the window in which the disk is judged. */
  readonly metricsEvery: number;
  /** API servers compact every 5 minutes, and when one stops, another does within 10. */
  readonly apiCompactsWithin: number;
  /** A defragmentation stops the member's answers for about a second for every 150 MB (measured). */
  readonly betweenDefragmentations: number;
  /** While a full database stops all writes, nothing is lost by trying again. */
  readonly betweenRescues: number;
  /** While nobody knows whether there is anything to win. */
  readonly betweenBlindRescues: number;
  /** How long the leader waits for members that have their own database to defragment first. */
  readonly leaderLast: number;
  /** Every disk may be slow: leadership that goes round and round helps nobody. */
  readonly betweenMoves: number;
}

export const upkeepTimes: UpkeepTimes = {
  look: 10,
  metricsEvery: 60,
  apiCompactsWithin: 900,
  betweenDefragmentations: 1800,
  betweenRescues: 30,
  betweenBlindRescues: 300,
  leaderLast: 300,
  betweenMoves: 300,
};

export function scaledTimes(times: UpkeepTimes, factor: number): UpkeepTimes {
  return Object.fromEntries(
    Object.entries(times).map(([name, seconds]: [string, number]) => [name, seconds * factor]),
  ) as unknown as UpkeepTimes;
}
