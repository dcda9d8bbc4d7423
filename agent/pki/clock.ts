/** This machine's time, and why it is no good for issuing, if so. */
export type Clock = () => { readonly now: number; readonly fault?: string | undefined };

/** What two clocks may differ by for certificates to be valid on both sides: they begin 5 minutes before they are made. */
const toleranceMs = 60_000;

/**
 * Why this machine's clock is no good for issuing: certificates would begin or end at the wrong time. The store's own
 * clock is the other opinion; without it nothing is issued.
 */
export function clockFault(machineNow: number, storeNow: number | undefined): string | undefined {
  if (storeNow === undefined) return "the store's clock is not known yet";
  const aheadMs = machineNow - storeNow;
  if (Math.abs(aheadMs) <= toleranceMs) return undefined;
  // In minutes: a text that changes with every look is said with every look.
  return `the clock is ${Math.round(Math.abs(aheadMs) / 60_000)} min ${aheadMs > 0 ? "ahead of" : "behind"} the store's`;
}

/** The clock of this machine beside the store's, which `storeNow` remembers from its last answer. */
export function machineClock(storeNow: () => number | undefined): Clock {
  return () => {
    const now = Date.now();
    return { now, fault: clockFault(now, storeNow()) };
  };
}
