import { spawnSync } from "child_process";
import { atLeast, atMost, reported, type Line } from "../measured/line";
import { cpuSeconds, median } from "./cpu";

const program = (count: number, what: "synth" | "own"): string => `node run.js bench/copies.ts ${count} ${what} 2>/dev/null`;
/** The same bundle with what cdktf does by default: a stack trace for every construct. */
const defaults = { COPPICE_CREATION_STACK: "1" };
const many = 200;
const few = 50;

/** Many copies of prod-aws in one process: against cdktf's defaults, against a quarter of them, and in memory. */
export function copies(runs: number): readonly Line[] {
  const times = (command: string, environment = {}): number => median(Array.from({ length: runs }, () => cpuSeconds(command, environment)));
  cpuSeconds(program(1, "synth"));
  const one = times(program(1, "own"));
  const own = times(program(many, "own"));
  const ours = times(program(many, "synth"));
  const theirs = times(program(many, "synth"), defaults);
  const quarter = times(program(few, "synth"));
  return [
    reported(`${many} copies of prod-aws in one process`, ours, "CPU s"),
    reported(`${many} copies with cdktf's defaults`, theirs, "CPU s"),
    atLeast(
      `${many} copies against cdktf's defaults, spec and texts subtracted on both sides`,
      (theirs - own) / (ours - own),
      "times less",
      1.9,
    ),
    atMost(`${many} copies against ${few}`, ours / quarter, "times", 4.4),
    atMost(`memory of ${many} copies`, mebibytes(), "MiB", 400),
    atMost("own work: spec and texts of one cluster", ((own - one) / (many - 1)) * 1000, "CPU ms", 10),
  ];
}

function mebibytes(): number {
  const { stderr } = spawnSync("node", ["run.js", "bench/copies.ts", String(many), "synth"], { encoding: "utf8" });
  return (JSON.parse(stderr) as { mebibytes: number }).mebibytes;
}
