import { printLine } from "../../measured/line";
import { endRun, startRun, sweep } from "../run-folder";
import { requirePrograms } from "../world";
import { scenarios } from "./all";
import { runScenarios } from "./run";

const [seats = "3", workers = "2", factor = "0.1", ...names] = process.argv.slice(2);
const controller = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => controller.abort(new Error(`stopped by ${signal}`)));
void (async () => {
  requirePrograms(process.env);
  await sweep(process.env);
  const run = startRun(process.env);
  try {
    const chosen = names.length === 0 ? scenarios : scenarios.filter(({ name }) => names.includes(name));
    const { lines } = await runScenarios({
      run,
      env: process.env,
      size: { seats: Number(seats) as 1, workers: Number(workers) },
      timerFactor: Number(factor),
      scenarios: chosen,
      times: 1,
      say: (text) => console.log(new Date().toISOString().slice(11, 19), text),
      signal: controller.signal,
    });
    lines.forEach((line) => console.log(printLine(line)));
  } catch (reason) {
    console.log(reason);
    if (process.env["HOLD"]) await new Promise((resolve) => controller.signal.addEventListener("abort", resolve));
  } finally {
    await endRun(run);
  }
  process.exit(0);
})();
