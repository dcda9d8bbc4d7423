/** One measured figure beside what it has to be. */
export interface Line {
  readonly line: string;
  readonly value: number;
  readonly unit: string;
  /** "= 0", "<= 600"; absent where the figure is only reported. */
  readonly limit?: string;
  readonly ok: boolean;
}

export function exactly(line: string, value: number, unit: string, wanted: number): Line {
  return { line, value, unit, limit: `= ${wanted}`, ok: value === wanted };
}

export function atMost(line: string, value: number, unit: string, limit: number): Line {
  const rounded = Math.round(value * 10) / 10;
  return { line, value: rounded, unit, limit: `<= ${limit}`, ok: rounded <= limit };
}

export function atLeast(line: string, value: number, unit: string, limit: number): Line {
  return { line, value, unit, limit: `>= ${limit}`, ok: value >= limit };
}

export function printLine({ line, value, unit, limit, ok }: Line): string {
  return `${ok ? "ok  " : "FAIL"} ${line}: ${value} ${unit}${limit ? ` (${limit})` : ""}`;
}
