import { loadavg } from "node:os";
import { atMost, reported, type Line } from "../../measured/line";
import type { Environment } from "../../terraform/find-program";
import type { Size } from "../environment";
import type { PlayedCloud } from "../played-cloud";
import type { Run } from "../run-folder";
import { prepare } from "../world";
import { Cluster } from "./cluster";
import { coldStart, floorOf } from "./cold-start";
import type { Outcome, Row, Scenario } from "./scenario";
import { shared } from "./shared";

export interface RunOptions {
  readonly run: Run;
  readonly env: Environment;
  readonly played: PlayedCloud;
  readonly size: Size;
  readonly timerFactor: number;
  readonly scenarios: readonly Scenario[];
  /** How often each scenario runs. */
  readonly times: number;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Beside three times the floor of as many machines that start together, from nothing to pods that talk. */
const coldSeconds = 25;

/** One cluster from nothing, and then one fault after the other; each begins when all is whole again. */
export async function runScenarios(options: RunOptions): Promise<Outcome & { readonly floor: number }> {
  const { run, env, played, size, timerFactor, say, signal } = options;
  const failures = new AbortController();
  const lab = await prepare({
    run,
    env,
    played,
    size,
    timerFactor,
    throughCloudInit: false,
    say,
    failed: (reason) => failures.abort(reason),
  });
  const stop = AbortSignal.any([signal, failures.signal]);
  const cluster = new Cluster(lab, say);
  say(`cold start of ${size.seats} + ${size.masters ?? size.seats} + ${size.workers} machines; timers × ${timerFactor}`);
  const cold = await coldStart(cluster);
  say(`  etcd ${cold.etcd.toFixed(1)} s, API ${cold.api.toFixed(1)} s, nodes ${cold.nodes.toFixed(1)} s, pods ${cold.pods.toFixed(1)} s`);
  await shared(cluster, 300);
  const floor = await floorOf(cluster, 3);
  say(`  floor B ${floor.toFixed(1)} s`);
  const rows: Row[] = [
    { scenario: "cold-start", what: "first machine starts → pods of two nodes talk HTTP", floor: cold.floor, whole: cold.pods },
  ];
  const lines: Line[] = [
    reported("floor B: start of a machine until its agent answers, median of 3", floor, "s"),
    reported("cold start: floor B of machines that start together, median", cold.floor, "s"),
    reported("cold start: until etcd has all members", cold.etcd, "s"),
    reported("cold start: until every API server is ready", cold.api, "s"),
    atMost(`cold start: until all nodes are ready, 3 B + ${coldSeconds} s`, cold.nodes, "s", 3 * cold.floor + coldSeconds),
    atMost(`cold start: until pods of two nodes talk HTTP, 3 B + ${coldSeconds} s`, cold.pods, "s", 3 * cold.floor + coldSeconds),
  ];
  for (const scenario of options.scenarios) {
    for (let time = 0; time < options.times; time += 1) {
      stop.throwIfAborted();
      say(`${scenario.name}: ${scenario.about}`);
      const outcome = await scenario.run({ cluster, floor, timerFactor, say });
      for (const row of outcome.rows)
        say(`  ${row.what}: ${[row.boot, row.join, row.whole].map((one) => one?.toFixed(1) ?? "-").join(" + ")} s`);
      rows.push(...outcome.rows);
      lines.push(...outcome.lines);
    }
  }
  lines.push(reported("load of this computer at the end", loadavg()[0] ?? 0, ""));
  await lab.controller.stop();
  await lab.groups.stop();
  return { rows, lines, floor };
}
