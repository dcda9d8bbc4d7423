import { readFileSync, writeFileSync } from "node:fs";
import { atMost, round, type Line } from "../measured/line";
import { labFile } from "./files";

/** Figures of bounded lines in seconds, by the line: the most of a recorded run. */
type Figures = Readonly<Record<string, number>>;

/** A shared machine is slower at times; what got slower by more than this got slower. */
const margin = 1.5;
/** Of short figures half as much again is no more than chance. */
const slackSeconds = 2;

const isBounded = ({ unit, limit }: Line): boolean => unit === "s" && limit !== undefined;
/** Without what only several runs add. */
const nameOf = ({ line }: Line): string => line.replace(/; most of \d+ runs, median [\d.e+-]+$/, "");

export function writeRecord(lines: readonly Line[]): void {
  const record = Object.fromEntries(lines.filter(isBounded).map((line) => [nameOf(line), round(line.value)]));
  writeFileSync(labFile("recorded.json"), `${JSON.stringify(record, null, 2)}\n`);
}

/** Bounded lines held against the record instead of their bound; a line that is not on record keeps its own. */
export function againstRecord(lines: readonly Line[]): readonly Line[] {
  const record = JSON.parse(readFileSync(labFile("recorded.json"), "utf8")) as Figures;
  return lines.map((line) => {
    const recorded = record[nameOf(line)];
    return isBounded(line) && recorded !== undefined
      ? atMost(`${line.line}; recorded ${recorded} s`, line.value, "s", Math.max(recorded * margin, recorded + slackSeconds))
      : line;
  });
}
