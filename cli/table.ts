/** Rows in columns; the last cell of a row is as wide as it is. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < row.length - 1 ? cell.padEnd(width(column)) : cell))
      .join("  ")
      .trimEnd(),
  );
}

/** `12 s`, `9 min`, `3 h`, `2 d`: no more than a reader needs. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 120 * 60) return `${Math.round(whole / 60)} min`;
  return whole < 48 * 3600 ? `${Math.round(whole / 3600)} h` : `${Math.round(whole / 86_400)} d`;
}

/** `2026-03-01 12:00:00Z` */
export function moment(instant: string): string {
  return instant.replace("T", " ").replace(/\.\d+Z$/, "Z");
}
