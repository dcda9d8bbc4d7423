import * as z from "zod";

/** A text of one form; the example is what a fix proposes where a required one is missing. */
export const text = (form: RegExp, rule: string, example: string) => z.string(rule).regex(form, rule).meta({ example });

/** A whole number within bounds, both included. */
export const whole = (min: number, max: number, unit: string) =>
  z.int(`is a whole number of ${unit}`).min(min, `is at least ${min} ${unit}`).max(max, `is at most ${max} ${unit}`).meta({ example: min });

/** An object that may be left out whole: its fields then take their own defaults. */
export const section = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape).prefault({} as never);
