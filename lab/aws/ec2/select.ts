/** A refusal as EC2 words it. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** What may be asked of a row, by the name of the filter; a row without a value for a known name matches none. */
export type Fields<Row> = (row: Row) => Readonly<Record<string, string | number | undefined>> & { readonly tags?: never };

export interface Selectable {
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The rows that a request names by id and by filters: a row has to match all filters, each with any of its values, in
 * which a star and a question mark stand for others.
 * @param ids name of the parameter, `VolumeId`
 * @param unknown code of the refusal when an id is of no row
 */
export function selected<Row extends Selectable>(
  rows: readonly Row[],
  parameters: URLSearchParams,
  { ids, unknown, fields }: { readonly ids: string; readonly unknown: string; readonly fields: Fields<Row> },
): readonly Row[] {
  const wanted = numbered(parameters, ids);
  const missing = wanted.find((id) => !rows.some((row) => row.id === id));
  if (missing !== undefined) throw new Refused(unknown, `The ID '${missing}' does not exist`);
  const filters = filtersOf(parameters);
  return rows.filter((row) => {
    if (wanted.length > 0 && !wanted.includes(row.id)) return false;
    const known = fields(row);
    return filters.every(({ name, values }) =>
      valuesOf(row, known, name).some((value) => values.some((pattern) => matches(pattern, value))),
    );
  });
}

function valuesOf(row: Selectable, known: ReturnType<Fields<Selectable>>, name: string): readonly string[] {
  if (name === "tag-key") return Object.keys(row.tags);
  if (name.startsWith("tag:")) return [row.tags[name.slice("tag:".length)]].filter((value) => value !== undefined);
  if (!(name in known)) throw new Refused("InvalidParameterValue", `The filter '${name}' is invalid`);
  return [known[name]].filter((value) => value !== undefined).map(String);
}

function filtersOf(parameters: URLSearchParams): { readonly name: string; readonly values: readonly string[] }[] {
  const numbers = [...parameters.keys()].flatMap((key) => /^Filter\.(\d+)\.Name$/.exec(key)?.[1] ?? []);
  return numbers.map((number) => ({
    name: parameters.get(`Filter.${number}.Name`) ?? "",
    values: numbered(parameters, `Filter.${number}.Value`),
  }));
}

/** `VolumeId.1`, `VolumeId.2` */
function numbered(parameters: URLSearchParams, name: string): readonly string[] {
  return [...parameters]
    .filter(([key]) => key.startsWith(`${name}.`) && /^\d+$/.test(key.slice(name.length + 1)))
    .map(([, value]) => value);
}

function matches(pattern: string, value: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${escaped}$`).test(value);
}
