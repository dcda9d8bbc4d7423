import { existsSync, mkdirSync, readFileSync, writeFileSync } from "fs";
import { dirname, relative } from "path";

/**
 * Holds a text against its golden file. `UPDATE_GOLDENS=1 npm test` writes the file, and still fails: an update is
 * looked at in the diff, never silent.
 */
export function expectGolden(file: string, text: string): void {
  const stored = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (process.env["UPDATE_GOLDENS"] !== undefined && stored !== text) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    throw new Error(`${relative(process.cwd(), file)} was written: look at its diff, and run again without UPDATE_GOLDENS`);
  }
  expect(text).toBe(stored ?? "");
}
