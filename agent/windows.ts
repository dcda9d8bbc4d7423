import type { DesiredRepair } from "../constructs/spec/store";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/**
 * Whether roll-outs and updates may disturb machines now: inside of one of the windows, which are UTC, or always where there
 * is none; and never during a pause. Repairs do not ask.
 * @param now the store's clock, in milliseconds since 1970
 */
export function isOpen({ windows, pausedUntil }: Pick<DesiredRepair, "windows" | "pausedUntil">, now: number): boolean {
  if (pausedUntil !== undefined && Date.parse(pausedUntil) > now) return false;
  return windows.length === 0 || windows.some((window) => isWithin(window, now));
}

/** A window that begins late in a day ends in the next one. */
function isWithin({ days, from, hours }: DesiredRepair["windows"][number], now: number): boolean {
  const [hour = 0, minute = 0] = from.split(":").map(Number);
  const today = Math.floor(now / dayMs) * dayMs;
  return [today - dayMs, today].some((day) => {
    const begin = day + hour * hourMs + minute * 60_000;
    return days.includes(names[new Date(day).getUTCDay()] ?? "") && begin <= now && now < begin + hours * hourMs;
  });
}
