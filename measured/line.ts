import { mkdirSync, writeFileSync } from "fs";

/** One measured figure beside what it has to be. Every command that measures writes its lines to `results/<name>.json`. */
export interface Line {
  readonly line: string;
  readonly value: number;
  readonly unit: string;
  /** `= 0`, `<= 600`; absent where the figure is only reported. */
  readonly limit?: string;
  readonly ok: boolean;
}

export function exactly(line: string, value: number, unit: string, wanted: number): Line {
  return { line, value, unit, limit: `= ${wanted}`, ok: value === wanted };
}

export function atMost(line: string, value: number, unit: string, limit: number): Line {
  return { line, value: round(value), unit, limit: `<= ${round(limit)}`, ok: value <= limit };
}

export function atLeast(line: string, value: number, unit: string, limit: number): Line {
  return { line, value: round(value), unit, limit: `>= ${round(limit)}`, ok: value >= limit };
}

/** A figure that has no limit, or whose limit is another line. */
export function reported(line: string, value: number, unit: string): Line {
  return { line, value: round(value), unit, ok: true };
}

/** Three digits say all that such a measurement knows. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}

export function printLine({ line, value, unit, limit, ok }: Line): string {
  return `${ok ? "ok  " : "FAIL"} ${line}: ${value} ${unit}${limit === undefined ? "" : ` (${limit})`}`;
}

export function writeResults(name: string, lines: readonly Line[]): void {
  mkdirSync("results", { recursive: true });
  writeFileSync(`results/${name}.json`, `${JSON.stringify(lines, null, 2)}\n`);
}
