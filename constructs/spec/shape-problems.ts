import * as z from "zod";
import { didYouMean, leaveOut, show, showPath, use, pathAfter, type Fix, type Path, type Problem } from "./problems";
import { child, expected, fields, isRecord, optionFor } from "./schema";
import { spellings, suggestion } from "./suggestions";

type Issue = z.core.$ZodIssue;

/**
 * Every way in which an input differs from its shape: unknown fields, missing ones, values of a wrong kind or out of
 * range. Each fix names a value that the shape takes.
 */
export function shapeProblems(shape: z.ZodType, input: unknown, at: Path = []): readonly Problem[] {
  const result = shape.safeParse(input, { error: wording });
  if (result.success) return [];
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, shape, input, at));
  // A field with a slip in its name is not missing as well.
  const changes = problems.flatMap(({ fix }) => fix.changes);
  const renamed = new Set(changes.filter((change) => "rename" in change).map((change) => showPath(pathAfter(change))));
  const paths = problems.map((problem) => showPath(problem.path));
  // A value of a wrong kind breaks every rule at its place; the first says which.
  return problems.filter(({ value }, index) => {
    const path = paths[index] ?? "";
    return paths.indexOf(path) === index && (value !== undefined || !renamed.has(path));
  });
}

/** Rules in the words of the environment file, for all schemas that bring none of their own. */
const wording: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === "invalid_value") return `is one of ${issue.values.join(", ")}`;
  if (issue.code === "invalid_union") return `is one of ${(issue["options"] as string[]).join(", ")}`;
  if (issue.code === "invalid_type") return kinds[issue.expected];
  return undefined;
};

const kinds: Readonly<Record<string, string>> = {
  object: "is an object",
  record: "is an object",
  array: "is a list",
  string: "is a text",
  boolean: "is true or false",
};

/** Where an issue stands: the value there, what it should be, and the value and schema that hold it. */
interface Place {
  readonly schema: z.ZodType;
  readonly value: unknown;
  readonly holder: unknown;
}

function placeOf(root: z.ZodType, input: unknown, path: readonly PropertyKey[]): Place {
  return path.reduce<Place>(
    ({ schema, value }, key) => {
      const next = child(schema, key as string | number, value) ?? z.unknown();
      return { schema: next, value: (value as Record<PropertyKey, unknown> | undefined)?.[key], holder: value };
    },
    { schema: root, value: input, holder: undefined },
  );
}

function problemsOf(issue: Issue, shape: z.ZodType, input: unknown, at: Path): readonly Problem[] {
  if (issue.code === "invalid_key") return [badKey(issue, shape, input, at)];
  const path = [...at, ...(issue.path as Path)];
  const place = placeOf(shape, input, issue.path);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownField(key, path, place));
  const { schema, example } = expected(place.schema);
  if (place.value === undefined) return [{ path, value: undefined, rule: "is required", fix: exampleFor(path, example()) }];
  if (issue.code === "invalid_union" && schema instanceof z.ZodUnion && isRecord(place.value)) {
    const option = optionFor(schema, place.value);
    if (option) return shapeProblems(option, place.value, path);
  }
  return [{ path, value: place.value, rule: issue.message, fix: fixOf(issue, path, place) }];
}

function fixOf(issue: Issue, path: Path, { schema: wrapped, value, holder }: Place): Fix {
  const { schema, optional, example } = expected(wrapped);
  const cut = issue.code === "too_big" && Array.isArray(value) ? value.slice(0, Number(issue.maximum)) : undefined;
  const instead = cut ?? suggestion(schema, value);
  if (instead !== undefined) return use(path, instead);
  if (optional || Array.isArray(holder)) return leaveOut(path);
  return exampleFor(path, example());
}

function exampleFor(path: Path, example: unknown): Fix {
  return use(path, example, `for example ${show(example)}`);
}

function unknownField(key: string, path: Path, { schema, value }: Place): Problem {
  const whole = expected(schema).schema;
  const known = whole instanceof z.ZodUnion ? optionFor(whole, value) : whole;
  const given = value as Record<string, unknown>;
  const free = known instanceof z.ZodObject ? Object.keys(fields(known)).filter((name) => !(name in given)) : [];
  const meant = didYouMean(key, free);
  const field = [...path, key];
  return {
    path: field,
    value: given[key],
    rule: path.length === 0 ? "is no field of an environment" : `is no field of ${showPath(path)}`,
    fix: meant === undefined ? leaveOut(field) : { text: `did you mean ${meant}?`, changes: [{ rename: field, to: meant }] },
  };
}

function badKey(issue: z.core.$ZodIssueInvalidKey, shape: z.ZodType, input: unknown, at: Path): Problem {
  const key = String(issue.path.at(-1));
  const path = [...at, ...(issue.path as Path)];
  const { schema, value } = placeOf(shape, input, issue.path.slice(0, -1));
  const record = expected(schema).schema as z.ZodRecord;
  const keyType = record.keyType as z.ZodType;
  const candidates = [...spellings(key), expected(keyType).example() as string];
  const name = candidates.find((candidate) => !(candidate in (value as object)) && keyType.safeParse(candidate).success);
  return {
    path,
    value: key,
    rule: issue.issues[0]?.message ?? issue.message,
    fix: name === undefined ? leaveOut(path) : { text: `call it ${name}`, changes: [{ rename: path, to: name }] },
  };
}
