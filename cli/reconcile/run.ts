import { acquirePermit, releasePermit, type Acquired } from "../../agent/permit";
import type { Timing } from "../../agent/timing";
import type { ReconcileRecord } from "../../constructs/spec/store-reconcile";
import { reconcileRecord } from "../../constructs/spec/store-reconcile";
import { decide, type Deadlines, type Decision, type Repair } from "./decide";
import { said, type Healed, type Healing } from "./apply";
import { heal } from "./heal";
import { listsOf, renewLists } from "./lists";
import { observe, type Looking } from "./observe";
import { recordKey, withRepair } from "./record";
import type { Observed } from "./seen";

export interface Run extends Looking, Omit<Healing, "mayBegin"> {
  readonly times: Timing;
  readonly deadlines: Deadlines;
}

export interface Done {
  readonly repair: Repair;
  readonly outcome: Healed;
}

export interface Report {
  /** As it was at the last look. */
  readonly decision?: Decision;
  readonly done: readonly Done[];
  /** Why nothing was looked at as a whole, or nothing was done. */
  readonly refused?: string;
  /** What the next apply must still set right, because this run could not. */
  readonly left?: string;
}

/** One run. Whatever ends it, at any point, the next one begins with a look and goes on. */
export async function reconcile(run: Run): Promise<Report> {
  const report = await healAll(run);
  const anew = report.done.flatMap(({ repair, outcome }) =>
    !run.dryRun && outcome.kind === "healed" && outcome.madeAnew ? (repair.seen.member.machine ?? []) : [],
  );
  const left = await renewLists(run.terraform, listsOf(run.stack, anew));
  return left === undefined ? report : { ...report, left };
}

/** Looks and heals until nothing is left that may be done now: one member after the other, each once. */
async function healAll(run: Run): Promise<Report> {
  const done: Done[] = [];
  for (;;) {
    const observed = await observe(run);
    if (observed.kind === "partial") return { done, refused: `only a part is known, so nothing is done: ${observed.reasons.join("; ")}` };
    const decision = decide(observed.observation, run.deadlines, new Set(done.map(({ repair }) => repair.seen.member.name)));
    await keep(run, observed.observation.record);
    if (decision.refused !== undefined) return { decision, done, refused: decision.refused };
    const [repair] = decision.repairs;
    if (!repair) return { decision, done };
    const outcome = await underPermit(run, repair);
    done.push({ repair, outcome });
    if (outcome.kind === "healed" && !run.dryRun) {
      const now = run.objects.now() ?? observed.observation.now;
      // What it asked for is done; a machine that still misses something asks again.
      if (repair.kind === "retire") await run.objects.delete(`requests/seats/${repair.seen.member.name}`);
      await keep(run, withRepair(observed.observation.record, repair, now, outcome.retired));
    }
  }
}

/**
 * One of the control plane is healed under the permit, in the name of its seat: the machine that comes takes it up. It is
 * given back at once when nothing was taken down.
 */
async function underPermit(run: Run, repair: Repair): Promise<Healed> {
  const { member } = repair.seen;
  if (member.tier === "worker") return tried(repair, { ...run, mayBegin: () => Promise.resolve(undefined) });
  if (run.dryRun) return tried(repair, { ...run, mayBegin: () => Promise.resolve(undefined) });
  const { objects, times } = run;
  const acquire = (): Promise<Acquired> =>
    acquirePermit(objects, member.name, "give-up", `reconcile: ${repair.reason}`.slice(0, 200), times.permit);
  const acquired = await acquire();
  if (acquired.kind !== "held") return { kind: "waits", reason: whyNot(acquired) };
  // What it is wanted for is looked at again, now that nobody else moves.
  const outcome = isStillDue(await observe(run), run.deadlines, repair)
    ? await tried(repair, {
        ...run,
        mayBegin: async () => {
          const again = await acquire();
          return again.kind === "held" ? undefined : whyNot(again);
        },
      })
    : ({ kind: "waits", reason: "it looked different a moment later" } as const);
  const mayBeDown = (outcome.kind === "healed" && outcome.tookDown) || (outcome.kind === "failed" && outcome.begun);
  if (!mayBeDown) await releasePermit(objects, member.name);
  return outcome;
}

async function tried(repair: Repair, healing: Healing): Promise<Healed> {
  try {
    return await heal(repair, healing);
  } catch (reason) {
    return { kind: "failed", reason: said(reason) };
  }
}

function isStillDue(observed: Observed, deadlines: Deadlines, { kind, seen }: Repair): boolean {
  if (observed.kind === "partial") return false;
  const { repairs } = decide(observed.observation, deadlines);
  return repairs.some((one) => one.kind === kind && one.seen.member.name === seen.member.name);
}

function whyNot(acquired: Exclude<Acquired, { kind: "held" }>): string {
  if (acquired.kind === "taken") return `${acquired.by.holder} holds the permit until ${acquired.by.until}: ${acquired.by.reason}`;
  return acquired.kind === "lost" ? "somebody else took the permit at the same time" : `the permit: ${acquired.reason}`;
}

/** A record that could not be kept costs time only: silence is counted anew. */
async function keep({ objects, dryRun }: Run, record: ReconcileRecord): Promise<void> {
  if (dryRun) return;
  const before = await objects.read(recordKey, reconcileRecord);
  if (before.kind === "absent") {
    if (Object.keys(record.silent).length + record.retired.length > 0) await objects.create(recordKey, record);
  } else if (before.kind === "found" && JSON.stringify(before.value) !== JSON.stringify(record)) {
    await objects.replace(recordKey, record, before.version);
  }
}
