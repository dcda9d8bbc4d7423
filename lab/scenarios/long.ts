import { redProbes } from "./agents";
import { idle } from "./idle";
import type { Scenario } from "./scenario";
import { outage } from "./store-faults";

/** Seconds that outages last where nothing scales the agents' timers. */
const probesSeconds = 30 * 60;
const storeSeconds = 10 * 60;
/** So long is an agent watched that has nothing to do. */
const idleSeconds = 10 * 60;

/** Outages in full length, for agents whose timers nobody has made shorter. @param part of that length; 1 for the record */
export function long(part: number): readonly Scenario[] {
  return [
    idle(() => part * idleSeconds),
    redProbes(() => part * probesSeconds),
    outage("store-unreachable", "does not answer", { kind: "refuse" }, () => part * storeSeconds),
  ];
}
