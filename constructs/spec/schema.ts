import * as z from "zod";

/** A schema as it stands at one place of an input, without what makes it optional. */
export interface Expected {
  readonly schema: z.ZodType;
  /** Whether it may be left out: it is optional, or a default takes its place. */
  readonly optional: boolean;
  /** A valid value. */
  readonly example: () => unknown;
}

/** Takes the optional and the default off a schema. */
export function expected(schema: z.ZodType): Expected {
  let current = schema;
  let example = schema.meta()?.["example"];
  let optional = false;
  while (current instanceof z.ZodOptional || current instanceof z.ZodDefault || current instanceof z.ZodPrefault) {
    optional = true;
    if (current instanceof z.ZodDefault) example ??= current.def.defaultValue;
    current = current.unwrap() as z.ZodType;
    example ??= current.meta()?.["example"];
  }
  return { schema: current, optional, example: () => example ?? build(current) };
}

/** A valid value from nothing but the examples of what it is made of. */
function build(schema: z.ZodType): unknown {
  if (schema instanceof z.ZodObject) {
    const required = Object.entries(fields(schema)).filter(([, field]) => !expected(field).optional);
    return Object.fromEntries(required.map(([key, field]) => [key, expected(field).example()]));
  }
  if (schema instanceof z.ZodUnion) return expected(options(schema)[0] as z.ZodType).example();
  if (schema instanceof z.ZodLiteral) return [...schema.values][0];
  if (schema instanceof z.ZodEnum) return schema.options[0];
  if (schema instanceof z.ZodBoolean) return false;
  if (schema instanceof z.ZodRecord) return {};
  if (schema instanceof z.ZodArray) return [];
  throw new Error(`a schema of kind ${schema.type} without an example: give it one with .meta({ example })`);
}

/** What stands under one key of a value. */
export function child(schema: z.ZodType, key: string | number, value: unknown): z.ZodType | undefined {
  const whole = expected(schema).schema;
  if (whole instanceof z.ZodObject) return fields(whole)[key];
  if (whole instanceof z.ZodArray) return whole.element as z.ZodType;
  if (whole instanceof z.ZodRecord) return whole.valueType as z.ZodType;
  if (whole instanceof z.ZodUnion) {
    const option = optionFor(whole, value);
    return option && child(option, key, value);
  }
  return undefined;
}

/** The member of a union that a value was meant to be, when its kind or its fields tell. */
export function optionFor(union: z.ZodUnion, value: unknown): z.ZodType | undefined {
  const all = options(union);
  if (!isRecord(value)) {
    const plain = all.filter((option) => !(expected(option).schema instanceof z.ZodObject));
    return plain.length === 1 ? plain[0] : undefined;
  }
  const objects = all.flatMap((option) => {
    const { schema } = expected(option);
    return schema instanceof z.ZodObject ? [{ schema, score: likeness(schema, value) }] : [];
  });
  return objects.sort((a, b) => b.score - a.score)[0]?.schema;
}

/** How many fields of a value are those of a schema; a literal that fits says more than any field. */
function likeness(schema: z.ZodObject, value: Record<string, unknown>): number {
  const points = Object.entries(value).map(([key, field]) => {
    const wanted = fields(schema)[key];
    if (wanted === undefined) return 0;
    return wanted instanceof z.ZodLiteral && wanted.safeParse(field).success ? 100 : 1;
  });
  return points.reduce<number>((sum, point) => sum + point, 0);
}

export function fields(schema: z.ZodObject): Readonly<Record<string, z.ZodType>> {
  return schema.shape as Record<string, z.ZodType>;
}

export function options(schema: z.ZodUnion): readonly z.ZodType[] {
  return schema.options as z.ZodType[];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
