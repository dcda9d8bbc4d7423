import type { Epoch } from "../constructs/spec/store";
import type { Observation } from "./observation";
import { freshReports } from "./recovery";

/** Since when (monotonic milliseconds) nothing has moved, and what it looked like. */
export interface Patience {
  readonly since: number;
  readonly sight: string;
}

/**
 * T_q: runs while there is no quorum, all seats report, and neither a term, an index nor a membership changes. Anything
 * else starts it anew.
 */
export function nextPatience(
  before: Patience | undefined,
  seen: Omit<Observation, "quiet">,
  epoch: Epoch,
  freshSeconds: number,
  monotonic: number,
): Patience | undefined {
  if (seen.members) return undefined;
  const reports = freshReports({ ...seen, quiet: 0 }, epoch, freshSeconds);
  if (!reports) return undefined;
  const sight = JSON.stringify([epoch.number, epoch.state, epoch.joined, [...reports]]);
  return before?.sight === sight ? before : { since: monotonic, sight };
}

/** Before the first epoch: runs while the same seats answer. */
export function nextPatienceForFirst(before: Patience | undefined, seen: Pick<Observation, "peers">, monotonic: number): Patience {
  const sight = JSON.stringify(
    [...seen.peers]
      .filter(([, { diskless }]) => !diskless)
      .map(([name]) => name)
      .sort(),
  );
  return before?.sight === sight ? before : { since: monotonic, sight };
}
