import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../run.js";

const day = 86_400;
const folder = mkdtempSync(join(tmpdir(), "wrong-clock-"));
const program = "console.log(JSON.stringify([Date.now(), new Date().getTime(), new Date(5).getTime(), new Date() instanceof Date]))";

afterAll(() => rmSync(folder, { recursive: true }));

test("a program's clock is wrong by what the file beside it says; a time that it names stays that time", () => {
  const file = join(folder, "clock.js");
  copyFileSync(bundle("lab/wrong-clock.ts"), file);
  writeFileSync(join(folder, "clock-seconds"), String(-day));
  const { stdout, stderr } = spawnSync(process.execPath, ["--require", file, "-e", program], { encoding: "utf8" });
  expect(stderr).toBe("");
  const [now = 0, made = 0, named, isDate] = JSON.parse(stdout) as [number, number, number, boolean];
  for (const time of [now, made]) expect(Math.abs(Date.now() - day * 1000 - time)).toBeLessThan(10_000);
  expect([named, isDate]).toEqual([5, true]);
});
