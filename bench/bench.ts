import { writeFileSync } from "fs";
import { atLeast, atMost, printLine, reported, round, writeResults, type Line } from "../measured/line";
import { synthesize } from "../stacks/synthesize";
import { copies } from "./copies-run";
import { medianCpuSeconds } from "./cpu";

/**
 * `npm run bench`: what a synthesis costs, in CPU seconds of whole processes, medians of 5, beside a bare node and beside
 * the form that cdktf's own template has (ts-node with type check). The README's claims stand on these ratios.
 */
const runs = 5;
const cli = (app: string): string => `npx cdktf synth --app "${app}" --output cdktf.out`;
// `--files` for the declaration of shell files, and a project that has nothing else, so that ts-node checks what it runs.
const tsNode = "npx ts-node --files --project bench/tsconfig.json --require ./test/shell-text.js stacks/main.ts";

function measure(): Line[] {
  const resources = synthesize("cdktf.out").reduce((sum, stack) => sum + stack.resources, 0);
  const floor = medianCpuSeconds("node -e 0", runs);
  const bundle = medianCpuSeconds("node run.js stacks/main.ts", runs);
  const npm = medianCpuSeconds("npm run --silent synth", runs);
  const template = medianCpuSeconds(cli(tsNode), runs);
  const cliBundle = medianCpuSeconds(cli("node run.js stacks/main.ts"), runs);
  const program = medianCpuSeconds("npx tsc --noEmit --project bench/program.tsconfig.json", runs);
  const everything = medianCpuSeconds("npx tsc --noEmit", runs);
  return [
    reported("bare node", floor, "CPU s"),
    atMost(`all environments, ${resources} resources, bundle built`, bundle, "CPU s", floor + 0.2 + 0.0007 * resources),
    reported("npm run synth", npm, "CPU s"),
    reported("npx cdktf synth, ts-node", template, "CPU s"),
    reported("npx cdktf synth, bundle", cliBundle, "CPU s"),
    atLeast("npm run synth against npx cdktf synth with ts-node", template / npm, "times less", 10),
    reported("both through the CLI: bundle against ts-node", template / cliBundle, "times less"),
    ...copies(runs),
    atMost("type check of the program: environments, stacks, constructs", program, "CPU s", 6),
    reported("type check of everything, with agent, lab and tests", everything, "CPU s"),
  ];
}

const lines = measure();
writeResults("bench", lines);
const rows = lines.map(({ line, value, unit, limit, ok }) => `| ${line} | ${value} ${unit} | ${limit ?? ""} | ${ok ? "yes" : "**no**"} |`);
writeFileSync(
  "bench/results.md",
  [
    "# What a synthesis costs",
    "",
    `Written by \`npm run bench\`: CPU seconds (user and system) of whole processes, medians of ${runs} after one warm run, on Node ${process.versions.node}.`,
    "Ratios of one run are what to compare; seconds are this machine's.",
    "",
    "| line | figure | limit | holds |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n"),
);
for (const line of lines) process.stdout.write(`${printLine(line)}\n`);
process.stdout.write(`${round(lines.filter((line) => !line.ok).length)} lines beyond their limit\n`);
process.exitCode = lines.every((line) => line.ok) ? 0 : 1;
