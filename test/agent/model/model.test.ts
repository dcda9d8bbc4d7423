import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { endedBadly, proofs } from "./found";
import { plan } from "./plan";
import { live, runSeed } from "./schedule";
import { invariantOf, replayCommand, shrink } from "./shrink";

// A fresh seed every time, so that every run says something new.
const schedules = process.env.CI ? 10_000 : 1_000;
const seed = Number(process.env.COPPICE_SEED ?? Math.floor(Math.random() * 2 ** 31));
process.stderr.write(`model: ${schedules} schedules from seed ${seed}; COPPICE_SEED=${seed} repeats them\n`);

const execute = promisify(execFile);

test.each(proofs)("without %s, %j violates: %s", async (rule, found, invariant) => {
  const schedule = typeof found === "number" ? plan(found) : found;
  const without = await live(schedule, rule);
  expect([without.end, invariantOf(without.message)]).toEqual(["violated", invariant]);
  expect((await live(schedule)).end).not.toBe("violated");
});

test.each(endedBadly)("%s", async (_name, schedule) => {
  const { end, message } = await live(schedule);
  expect(end === "violated" ? message : "").toBe("");
});

test("the same seed gives the same life", async () => {
  const told: string[][] = [[], []];
  for (const lines of told) await runSeed(7, undefined, (line) => lines.push(line));
  expect(told[0]?.length).toBeGreaterThan(20);
  expect(told[1]).toEqual(told[0]);
});

test("what fails is made smaller, and fails the same way when it is lived again", async () => {
  const whole = plan(38);
  const small = await shrink(whole, "on purpose", "repairBootsGood");
  expect(small.faults.length).toBeLessThan(whole.faults.length);
  const printed = /replay '(.*)' repairBootsGood$/.exec(replayCommand(small, "repairBootsGood"))?.[1] ?? "";
  const again = await live(JSON.parse(printed) as typeof small, "repairBootsGood");
  expect(invariantOf(again.message)).toBe("on purpose");
});

test(
  `${schedules} schedules from seed ${seed} violate nothing`,
  async () => {
    // In a process of its own: hooks that other tests of this one have left on every promise make it six times slower.
    const { stdout } = await execute(process.execPath, ["run.js", "test/agent/model/run.ts", String(schedules), String(seed)]).catch(
      (failed: { stdout: string }) => failed,
    );
    expect(stdout).not.toMatch(/ violate/);
    // Most lives end well: a world that only ever halts would prove nothing.
    const [, whole = "0"] = /^ +(\d+) whole$/m.exec(stdout) ?? [];
    expect(Number(whole)).toBeGreaterThan(0.8 * schedules);
  },
  120 * schedules + 60_000,
);
