/** Where in the environment file a value stands: `["cluster", "workers", "general", "min"]`. */
export type Path = readonly (string | number)[];

/** One edit of the environment file. */
export type Change =
  { readonly set: Path; readonly to: unknown } | { readonly remove: Path } | { readonly rename: Path; readonly to: string };

/** A way out of a problem: a sentence for people, and the edits that carry it out. */
export interface Fix {
  readonly text: string;
  readonly changes: readonly Change[];
}

export interface Problem {
  readonly path: Path;
  readonly value: unknown;
  /** What holds for every valid environment and does not hold here. */
  readonly rule: string;
  readonly fix: Fix;
}

/** Thrown once an environment, with every problem that it has. */
export class InvalidEnvironment extends Error {
  constructor(
    readonly environment: string,
    readonly problems: readonly Problem[],
  ) {
    super(report(environment, problems));
    this.name = "InvalidEnvironment";
  }
}

/** The fix "write this value there". */
export function use(path: Path, to: unknown, text = `use ${show(to)}`): Fix {
  return { text, changes: [{ set: path, to }] };
}

/** The fix "leave it out": the default takes its place. */
export function leaveOut(path: Path, text = "leave it out"): Fix {
  return { text, changes: [{ remove: path }] };
}

/** The input with the edits of a fix made; the input itself stays as it is. */
export function applyFix(input: unknown, fix: Fix): unknown {
  return fix.changes.reduce((current, change) => edit(current, change), structuredClone(input));
}

function edit(root: unknown, change: Change): unknown {
  const path = "set" in change ? change.set : "remove" in change ? change.remove : change.rename;
  const last = path.at(-1);
  if (last === undefined) return "set" in change ? structuredClone(change.to) : undefined;
  let holder = root as Record<string | number, unknown>;
  for (const [index, key] of path.slice(0, -1).entries()) {
    if (typeof holder[key] !== "object" || holder[key] === null) holder[key] = typeof path[index + 1] === "number" ? [] : {};
    holder = holder[key] as Record<string | number, unknown>;
  }
  if ("set" in change) holder[last] = structuredClone(change.to);
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else {
    if ("rename" in change) holder[change.to] = holder[last];
    delete holder[last];
  }
  return root;
}

/** Where a value stands once a change is made. */
export function pathAfter(change: Change): Path {
  if ("rename" in change) return [...change.rename.slice(0, -1), change.to];
  return "set" in change ? change.set : change.remove;
}

/** `workers.general.taints[0]` */
export function showPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const plain = /^[A-Za-z_][\w-]*$/.test(key);
    if (!plain) return `${text}[${JSON.stringify(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}

const WIDEST_VALUE = 48;

/** A value as the report prints it. */
export function show(value: unknown): string {
  if (value === undefined) return "(missing)";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > WIDEST_VALUE ? `${text.slice(0, WIDEST_VALUE - 1)}…` : text;
}

/** All problems of one environment as a table: path, value, rule, way out. */
export function report(environment: string, problems: readonly Problem[]): string {
  const rows = problems.map((problem) => [showPath(problem.path) || "(all)", show(problem.value), problem.rule, problem.fix.text]);
  const width = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column < 3 ? cell.padEnd(width[column] ?? 0) : cell))
      .join("   ")
      .trimEnd(),
  );
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [`${environment} cannot be built: ${count} in environments/${environment}.ts`, "", ...lines.map((line) => `  ${line}`), ""].join(
    "\n",
  );
}

/** The known word that is nearest to what was written, when it is near enough to be a slip of the pen. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  const best = ranked[0];
  return best && best.distance <= Math.max(2, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
