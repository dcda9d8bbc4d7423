import { readFileSync } from "fs";
import type { Line } from "../measured/line";

/** Jest's own report, as far as it is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[] }[];
}

/** Refuses every skip that `.ci/allowed-skips` does not name, and closes with the counts: tests, and lines of the lab. */
const [tests = "", lab = ""] = process.argv.slice(2);
const report = JSON.parse(readFileSync(tests, "utf8")) as Report;
const lines = JSON.parse(readFileSync(lab, "utf8")) as readonly Line[];
const held = lines.filter(({ ok }) => ok).length;
const skipped = report.testResults
  .flatMap((file) => file.assertionResults)
  .filter(({ status }) => status === "pending" || status === "todo")
  .map(({ fullName }) => fullName);
const allowed = readFileSync(".ci/allowed-skips", "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));
const refused = skipped.filter((name) => !allowed.includes(name));
for (const name of refused) process.stdout.write(`skipped, and not in .ci/allowed-skips: ${name}\n`);
process.stdout.write(
  `${report.numPassedTests + held} passed, ${report.numFailedTests + refused.length + lines.length - held} failed, ` +
    `${skipped.length - refused.length} skipped\n`,
);
process.exitCode = refused.length === 0 && held === lines.length ? 0 : 1;
