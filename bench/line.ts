import { mkdirSync, writeFileSync } from "fs";

/** One measured line, as every command that measures writes it to `results/`. */
export interface Line {
  readonly line: string;
  readonly value: number;
  readonly unit: string;
  /** `<= 4.4`, `>= 10`; none where a figure is only told. */
  readonly limit?: string;
  readonly ok: boolean;
}

export function line(name: string, value: number, unit: string, limit?: { readonly atMost: number } | { readonly atLeast: number }): Line {
  if (limit === undefined) return { line: name, value, unit, ok: true };
  return "atMost" in limit
    ? { line: name, value, unit, limit: `<= ${round(limit.atMost)}`, ok: value <= limit.atMost }
    : { line: name, value, unit, limit: `>= ${round(limit.atLeast)}`, ok: value >= limit.atLeast };
}

export function round(value: number): number {
  return Number(value.toPrecision(3));
}

export function writeResults(name: string, lines: readonly Line[]): void {
  mkdirSync("results", { recursive: true });
  writeFileSync(`results/${name}.json`, `${JSON.stringify(lines, null, 2)}\n`);
}
