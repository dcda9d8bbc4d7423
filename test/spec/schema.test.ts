import * as z from "zod";
import { environmentShape } from "../../constructs/spec/environment";
import { expected, fields, options } from "../../constructs/spec/schema";

/** Every schema in a schema, with its place. */
function schemas(wrapped: z.ZodType, place = "environment"): { readonly schema: z.ZodType; readonly place: string }[] {
  const { schema } = expected(wrapped);
  const inside = (): { readonly schema: z.ZodType; readonly place: string }[] => {
    if (schema instanceof z.ZodObject) return Object.entries(fields(schema)).flatMap(([key, field]) => schemas(field, `${place}.${key}`));
    if (schema instanceof z.ZodUnion) return options(schema).flatMap((option, index) => schemas(option, `${place}|${index}`));
    if (schema instanceof z.ZodArray) return schemas(schema.element as z.ZodType, `${place}[]`);
    if (schema instanceof z.ZodRecord)
      return [...schemas(schema.keyType as z.ZodType, `${place}.key`), ...schemas(schema.valueType as z.ZodType, `${place}.*`)];
    return [];
  };
  return [{ schema: wrapped, place }, ...inside()];
}

const all = schemas(environmentShape);

it("reaches every corner of an environment", () => {
  expect(all.length).toBeGreaterThan(150);
});

it.each(all.map(({ schema, place }) => [place, schema] as const))("has a valid example for %s", (_, schema) => {
  expect(schema.safeParse(expected(schema).example())).toMatchObject({ success: true });
});

it("speaks of nothing in the words of the library", () => {
  const texts = all.flatMap(({ schema }) =>
    [undefined, null, "\u0000", -1, {}, []].flatMap((value) => schema.safeParse(value).error?.issues ?? []),
  );
  const unspoken = texts.filter(
    ({ code, message }) =>
      !["invalid_type", "invalid_value", "invalid_union", "unrecognized_keys", "invalid_key"].includes(code) &&
      /^(Invalid|Too|Unrecognized)/.test(message),
  );
  expect(unspoken).toEqual([]);
});
