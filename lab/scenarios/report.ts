import { writeFileSync } from "node:fs";
import { round, type Line } from "../../measured/line";
import type { Row } from "./scenario";

/** Lines of the same name are one line: its figure is the worst of them. */
export function worst(lines: readonly Line[]): readonly Line[] {
  const byName = new Map<string, Line[]>();
  for (const line of lines) byName.set(line.line, [...(byName.get(line.line) ?? []), line]);
  return [...byName.entries()].map(([name, all]) => {
    const [first] = all;
    if (!first || all.length === 1) return first as Line;
    const values = all.map(({ value }) => value).sort((a, b) => a - b);
    const times = `${name}; most of ${all.length} runs, median ${round(values[Math.floor(values.length / 2)] ?? 0)}`;
    return { ...first, line: times, value: values.at(-1) ?? 0, ok: all.every(({ ok }) => ok) };
  });
}

interface Column {
  readonly title: string;
  readonly of: (rows: readonly Row[]) => string;
}

const seconds =
  (pick: (row: Row) => number | undefined) =>
  (rows: readonly Row[]): string => {
    const values = rows.flatMap((row) => pick(row) ?? []).sort((a, b) => a - b);
    if (values.length === 0) return "";
    const [median, most] = [values[Math.floor(values.length / 2)] ?? 0, values.at(-1) ?? 0];
    return values.length === 1 ? most.toFixed(1) : `${median.toFixed(1)} (${most.toFixed(1)})`;
  };
const most =
  (pick: (row: Row) => number | undefined, digits = 0) =>
  (rows: readonly Row[]): string => {
    const values = rows.flatMap((row) => pick(row) ?? []);
    return values.length === 0 ? "" : Math.max(...values).toFixed(digits);
  };

const columns: readonly Column[] = [
  { title: "fault", of: ([row]) => `\`${row?.scenario ?? ""}\`` },
  { title: "what is counted", of: ([row]) => (row?.what ?? "").replaceAll("|", "\\|") },
  { title: "detect", of: seconds(({ detect }) => detect) },
  { title: "boot", of: seconds(({ boot }) => boot) },
  { title: "join", of: seconds(({ join }) => join) },
  { title: "whole", of: seconds(({ whole }) => whole) },
  {
    title: "failed writes, etcd / API",
    of: (rows) => [most(({ harm }) => harm?.etcdFailed)(rows), most(({ harm }) => harm?.apiFailed)(rows)].filter(Boolean).join(" / "),
  },
  {
    title: "longest gap, etcd / API",
    of: (rows) => [most(({ harm }) => harm?.etcdGap, 1)(rows), most(({ harm }) => harm?.apiGap, 1)(rows)].filter(Boolean).join(" / "),
  },
  { title: "acknowledged writes lost", of: most(({ harm }) => harm?.lost) },
  { title: "by hand", of: ([row]) => row?.hands ?? "nothing" },
];

/** Rows of the same scenario and count are one row of the table: the median, and the most where there are several. */
export function table(rows: readonly Row[]): readonly (readonly string[])[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.scenario} ${row.what.replace(/(etcd|master)-\d/g, "$1")}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [columns.map(({ title }) => title), ...[...groups.values()].map((group) => columns.map(({ of }) => of(group)))];
}

export interface Account {
  /** What a person types to get it. */
  readonly command: string;
  readonly rows: readonly Row[];
  readonly lines: readonly Line[];
  readonly floor: number;
  readonly timerFactor: number;
  readonly times: number;
  readonly load: number;
  /** Environment that the lab extends. */
  readonly production: string;
  /** What machines of the lab do not have in common with those of a cloud. */
  readonly differences: readonly string[];
  readonly notProven: string;
}

const ranTimes = (times: number): string =>
  times === 1 ? "Each fault ran once." : `Each fault ran ${times} times: the median and, in brackets, the most.`;

/** A page of `docs`. */
export function writeFaults(
  file: string,
  { command, rows, lines, floor, timerFactor, times, load, production, differences, notProven }: Account,
): void {
  const [head = [], ...body] = table(rows);
  const markdown = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const text = [
    "# Faults, and how long their repair takes",
    "",
    `Written by \`${command}\` on ${new Date().toISOString().slice(0, 10)}; every figure is of that run, in seconds. ${ranTimes(times)}`,
    "Level of proof: lab. Machines are containers with systemd on one computer, started from the very",
    `user-data and role configurations that the environment \`${production}\` synthesizes; etcd, Kubernetes, kubelets and pods are real.`,
    "",
    `- The floor B, from the start of a machine until its agent answers: ${floor.toFixed(1)} s. A cloud adds its own detection and the start of a`,
    "  virtual machine: here a group sees at once that a machine is gone, and starts the next one.",
    `- Waiting times of the agents, T_q (120 s) first of all, by the factor ${timerFactor}.`,
    `- Load of the computer at the end: ${load.toFixed(1)} on two cores.`,
    "- `boot`: start of the next machine until its agent answers. `join`: from there until it serves. `whole`: from the start of the next",
    "  machine, or from the fault where there is none, until what is counted.",
    "- Writes go on all the time, ten a second to etcd's members in turn and ten to the API through its load balancer, each sent once.",
    "",
    markdown(head),
    markdown(head.map(() => "---")),
    ...body.map(markdown),
    "",
    "## Limits",
    "",
    markdown(["line", "figure", "limit", "holds"]),
    markdown(["---", "---", "---", "---"]),
    ...lines.map(({ line, value, unit, limit, ok }) => markdown([line, `${value} ${unit}`, limit ?? "", ok ? "yes" : "**no**"])),
    "",
    "## What this does not prove",
    "",
    notProven,
    "",
    `Machines differ from production in this: ${differences.join("; ")}.`,
    "",
  ];
  writeFileSync(file, text.join("\n"));
}
