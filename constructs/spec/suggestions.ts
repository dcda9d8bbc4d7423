import * as z from "zod";
import { didYouMean } from "./problems";
import { isRecord } from "./schema";

/** Values that stand near to a wrong one, the nearest first, and that its schema takes. */
export function suggestion(schema: z.ZodType, value: unknown): unknown {
  return near(schema, value).find((candidate) => candidate !== undefined && schema.safeParse(candidate).success);
}

function near(schema: z.ZodType, value: unknown): readonly unknown[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => near(option as z.ZodType, value));
  if (schema instanceof z.ZodArray) return Array.isArray(value) ? [] : [[value]];
  const one = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
  if (schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral) return members(schema, one);
  if (schema instanceof z.ZodNumber) return numbers(schema, one);
  if (schema instanceof z.ZodBoolean)
    return [one === "true" || one === 1, one === "false" || one === 0].includes(true) ? [one === "true" || one === 1] : [];
  return isRecord(one) || one === null ? [] : [one, nearest(schema, String(one)), ...spellings(String(one))];
}

function members(schema: z.ZodEnum | z.ZodLiteral, given: unknown): readonly unknown[] {
  // Not every object lets itself be read as a text.
  const value = isRecord(given) ? "" : given;
  const all: readonly unknown[] = schema instanceof z.ZodEnum ? schema.options : [...schema.values];
  const numeric = all.filter((member) => typeof member === "number");
  if (numeric.length > 0) {
    const wanted = Number(value);
    return Number.isNaN(wanted) ? [] : numeric.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted) || b - a);
  }
  const text = String(value).trim();
  return [nearest(schema, text), didYouMean(text, all.map(String))];
}

/** What a schema itself says is meant by a text. */
function nearest(schema: z.ZodType, text: string): unknown {
  return (schema.meta()?.["nearest"] as ((text: string) => unknown) | undefined)?.(text);
}

function numbers(schema: z.ZodNumber, value: unknown): readonly number[] {
  const wanted = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof wanted !== "number" || Number.isNaN(wanted)) return [];
  const bounded = Math.min(Math.max(wanted, schema.minValue ?? wanted), schema.maxValue ?? wanted);
  return [bounded, Math.trunc(bounded)];
}

/** Other spellings of a word: without blanks, in lower case, with dashes for what is not allowed, cut to a shorter one. */
export function spellings(text: string): readonly string[] {
  const trimmed = text.trim().replace(/[/.]+$/, "");
  const words = trimmed.replace(/[^A-Za-z0-9 ._-]+/g, "");
  const plain = trimmed.replace(/[^A-Za-z0-9./_-]+/g, "-").replace(/^[-_.]+|[-_.]+$/g, "");
  const label = trimmed
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[-\d]+|-+$/g, "");
  // Half an address or a host name is another one: only words are cut.
  const cuts = /^[\w -]*$/.test(text) ? Array.from({ length: Math.max(label.length - 1, 0) }, (_, cut) => label.slice(0, -1 - cut)) : [];
  return [trimmed, trimmed.toLowerCase(), words, plain, label, ...cuts];
}
