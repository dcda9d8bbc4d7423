import type { ReconcileRecord } from "../../constructs/spec/store-reconcile";
import type { Repair } from "./decide";
import type { Seen } from "./seen";

/** Key of the object. */
export const recordKey = "reconcile";

export const emptyRecord: ReconcileRecord = { silent: {}, retired: [] };

/**
 * Who is on and silent, and since when a run has seen that. A machine that speaks, is off or gone leaves it; another one on
 * the seat begins anew, and what was replaced for its silence stays so until the seat speaks.
 */
export function withSilence(record: ReconcileRecord, seen: readonly Seen[], now: number): ReconcileRecord {
  const at = new Date(now).toISOString();
  const silent = seen.flatMap(({ member, machine, speaks }) => {
    const before = record.silent[member.name];
    if (speaks === "healthy" || speaks === "unhealthy" || !machine) return [];
    const replaced = before?.replaced === undefined ? {} : { replaced: before.replaced };
    if (machine.power === "on" && speaks === "silent") {
      return [[member.name, before?.machine === machine.uuid ? before : { machine: machine.uuid, since: at, ...replaced }] as const];
    }
    return before?.replaced === undefined ? [] : [[member.name, { machine: machine.uuid, since: at, ...replaced }] as const];
  });
  return { ...record, silent: Object.fromEntries(silent) };
}

/** What is known once a repair is done. */
export function withRepair(record: ReconcileRecord, { kind, seen }: Repair, now: number, retired?: string): ReconcileRecord {
  const at = new Date(now).toISOString();
  const { name } = seen.member;
  const before = record.silent[name];
  const forSilence = kind === "replace" && seen.speaks === "silent" && seen.asks === undefined && before !== undefined;
  return {
    silent: forSilence ? { ...record.silent, [name]: { ...before, since: at, replaced: at } } : record.silent,
    retired: retired === undefined ? record.retired : [...record.retired, { seat: name, volume: retired, at }],
  };
}
