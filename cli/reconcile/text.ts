import { table } from "../table";
import type { Refusal } from "./judge";
import type { Done, Report } from "./run";

/** What a run ends with: the first word says which of these it is, and the exit code which kind. */
export interface Ending {
  /** 0: nothing is left to do, or it waits its turn. 1: a person must look. */
  readonly code: 0 | 1;
  readonly line: string;
}

/** What was seen, a line a member, and what was done. */
export function reportLines({ decision, done }: Report): readonly string[] {
  const rows = (decision?.verdicts ?? []).map(({ seen: { member }, verdict }) => [
    member.name,
    verdict.kind,
    verdict.says,
    verdict.kind === "person" ? verdict.then : (decision?.held.find(({ repair }) => repair.seen.member.name === member.name)?.why ?? ""),
  ]);
  return [...(rows.length === 0 ? [] : table([["member", "is", "seen", ""], ...rows])), ...done.flatMap(doneLines)];
}

function doneLines({ repair, outcome }: Done): readonly string[] {
  const head = `${repair.seen.member.name}: ${repair.reason}`;
  switch (outcome.kind) {
    case "healed":
      return [`${head}: ${outcome.did}`];
    case "refused":
      return [`${head}: the plan would do more than that`, ...table(outcome.refusals.map(refusalCells))];
    case "waits":
    case "failed":
      return [`${head}: ${outcome.kind}: ${outcome.reason}`];
  }
}

function refusalCells({ address, value, rule, then }: Refusal): readonly string[] {
  return [`  ${address}`, value, rule, then];
}

export function ending({ decision, done, refused, left, dryRun = false }: Report & { readonly dryRun?: boolean }): Ending {
  const of = (kind: Done["outcome"]["kind"]): string =>
    done
      .filter(({ outcome }) => outcome.kind === kind)
      .map(({ repair }) => repair.seen.member.name)
      .join(", ");
  const [healed, failed, notPlanned, waiting] = [of("healed"), of("failed"), of("refused"), of("waits")];
  const did = healed === "" ? "" : `${dryRun ? "would heal" : "healed"}: ${healed}`;
  const before = did === "" ? "" : `; ${did}`;
  if (refused !== undefined) return { code: 1, line: `refused: ${refused}${before}` };
  if (notPlanned !== "") return { code: 1, line: `refused: ${notPlanned}: no plan without what was not asked for${before}` };
  if (failed !== "") return { code: 1, line: `failed: ${failed}${before}` };
  const lost = (decision?.verdicts ?? []).filter(({ verdict }) => verdict.kind === "person").map(({ seen }) => seen.member.name);
  if (lost.length > 0) return { code: 1, line: `refused: ${lost.join(", ")}: a person must look${before}` };
  const held = [...(decision?.held ?? []).map(({ repair }) => repair.seen.member.name), ...(waiting === "" ? [] : [waiting])];
  const later = [
    ...(held.length > 0 ? [`waits: ${[...new Set(held)].join(", ")}`] : []),
    ...(left === undefined ? [] : [`the next apply must still set ${left}`]),
  ];
  if (did !== "" || later.length > 0) return { code: 0, line: [...(did === "" ? [] : [did]), ...later].join("; ") };
  return { code: 0, line: "nothing to do" };
}
