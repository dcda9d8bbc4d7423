/** Looks without a ready answer at the address, after which somebody takes it who should not; and so many more for each ready master before. */
const silences = { first: 10, each: 3 } as const;

/**
 * Whether a master that should not have the address takes it for a while: an API server is ready where it should be, and
 * nobody answers there, for the program that holds it is away.
 * @param silent looks in a row without a ready answer
 */
export function standsIn(masters: readonly Sight[], own: number, silent: number): boolean {
  const before = masters.slice(0, own).filter(({ ready }) => ready).length;
  return masters[own]?.ready === true && silent >= silences.first + silences.each * before;
}

/** One master, as another one sees it. */
export interface Sight {
  readonly ready: boolean;
  /** Milliseconds that it has been ready without a break. */
  readonly readyMs: number;
}

export interface Seen {
  /** All masters, in the order of their seats. */
  readonly masters: readonly Sight[];
  /** Place of this master among them. */
  readonly own: number;
  readonly holds: boolean;
  /** Whether a ready API server answers at the address. */
  readonly answered: boolean;
}

/** A master that came back is asked for the address only after so long: it does not go to and fro with one that starts again and again. */
export const steadyMs = 60_000;

/**
 * In the first minute of all, two that become ready at once may both have found nobody at the address: the later one in the
 * order of the seats lets go of it when it has seen the other for so long.
 */
export const yieldMs = 3_000;

/**
 * Who has the address follows from what all can see, so nobody is elected and nothing has to be agreed: the first master
 * that has been ready for a minute. Two that see the same never both have it. Two that do not see each other may: both
 * are API servers of the same cluster, clients reach one of them, and the second lets go when it sees the first again.
 * While nobody has been ready for so long, the first that is ready takes it, if nobody answers there; and with no
 * ready master it stays where it is.
 */
export function wantsAddress({ masters, own, holds, answered }: Seen): boolean {
  const steady = masters.findIndex(({ ready, readyMs }) => ready && readyMs >= steadyMs);
  if (steady !== -1) return steady === own;
  const first = masters.findIndex(({ ready }) => ready);
  if (first === -1) return holds;
  if (masters[own]?.ready !== true) return false;
  if (holds) return !masters.slice(0, own).some(({ ready, readyMs }) => ready && readyMs >= yieldMs);
  return first === own && !answered;
}
