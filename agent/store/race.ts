import type { Failure, Reading, Store, Writing } from "./store";

const writers = 6;
/** Of an object that is made, and of one that is replaced: a mixture of two states needs two. */
const readers = { made: 1, replaced: 4 };

/** What an object holds. */
export interface State {
  readonly kind: "state";
  readonly body: string;
  readonly version: string;
}

/** The store accepts what it must refuse, or gives what nobody wrote; it is of no use, however often it is asked. */
export interface Refused {
  readonly kind: "refused";
  readonly reason: string;
}

export type Outcome = State | Refused | Failure;

/**
 * Writers who all want to be the first after `before`, while readers look. One may win, and nobody may ever see anything
 * else than what was before or what won: body and version belong together, and what is past does not come back.
 */
export async function raced(store: Store, key: string, before: State | undefined): Promise<Outcome> {
  const looks = { over: false };
  const reading = Promise.all(Array.from({ length: before ? readers.replaced : readers.made }, () => watched(store, key, looks)));
  const bodies = Array.from({ length: writers }, (_, writer) => `${before === undefined ? "made" : "replaced"} by ${writer}`);
  const results = await Promise.all(
    bodies.map((body) => (before === undefined ? store.putIfAbsent(key, body) : store.putIfMatch(key, body, before.version))),
  );
  looks.over = true;
  const readings = [...(await reading), [await store.get(key)]];

  const won = results.flatMap((result, writer) => (result.kind === "written" ? [{ body: bodies[writer] ?? "", ...result }] : []));
  if (won.length > 1) return refused(`${won.length} of ${writers} puts at once were accepted`);
  const [winner] = won;
  // Who lost may have been told to come later (429), as Google Cloud Storage does: what counts is that one won.
  const failed = [...(winner ? [] : results), ...readings.flat()].find(isFailure);
  if (failed) return failed;
  if (!winner) return { kind: "unavailable", reason: `${key}: none of ${writers} puts at once was accepted` };
  const after: State = { kind: "state", body: winner.body, version: winner.version };
  for (const one of readings) {
    const wrong = wrongIn(one, before, after);
    if (wrong !== undefined) return refused(wrong);
  }
  const last = readings.at(-1)?.at(-1);
  return last && is(last, after) ? after : refused("it does not read what it accepted last");
}

/** Readings one after the other, at least one, until the writers are through. */
async function watched(store: Store, key: string, looks: { readonly over: boolean }): Promise<Reading[]> {
  const readings: Reading[] = [];
  do readings.push(await store.get(key));
  while (!looks.over);
  return readings;
}

/**
 * What is past in one reading cannot come back in the next. One mixture is let pass: the new body under the version before,
 * as a store gives that looks at the version first. A put on that version is refused, so nothing is lost by it; the old body
 * under the new version is how a put gets lost.
 */
function wrongIn(readings: readonly Reading[], before: State | undefined, after: State): string | undefined {
  const early = before && { ...before, body: after.body };
  let isPast = false;
  for (const reading of readings) {
    if (is(reading, after)) isPast = true;
    else if (isPast) return "it reads what was past already";
    else if (!is(reading, before) && !(early && is(reading, early))) return wrongReading(reading);
  }
  return undefined;
}

function wrongReading({ kind }: Reading): string {
  return kind === "absent"
    ? "an object is gone while it is replaced"
    : "it reads what was never there: a body under another's version (ETag)";
}

function is(reading: Reading, state: State | undefined): boolean {
  if (state === undefined) return reading.kind === "absent";
  return reading.kind === "found" && reading.body === state.body && reading.version === state.version;
}

function isFailure(one: Reading | Writing): one is Failure {
  return one.kind === "unavailable" || one.kind === "forbidden";
}

const refused = (reason: string): Refused => ({ kind: "refused", reason });
