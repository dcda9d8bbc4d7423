import { spawnSync } from "child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "fs";
import { tmpdir } from "os";
import { join } from "path";
import { clusterSpec } from "./cluster";
import { synthesized } from "./synthesized";

const present = spawnSync("shellcheck", ["--version"]).status === 0;
if (!present) process.stderr.write("skipped: shellcheck is not on this computer: shell files are not checked\n");
const whenPresent = present ? test : test.skip;

const folder = join(__dirname, "../../constructs/node");

const remarks = (files: readonly string[]) => spawnSync("shellcheck", [...files], { encoding: "utf8" }).stdout;

whenPresent("shellcheck has no remark on the sources", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".sh"));
  const scripts = ["fall-back", "field", "late-deadline", "loader-aws", "loader-google", "loader-vsphere", "loader", "wait-for-files"];
  expect(files).toEqual(scripts.map((name) => `${name}.sh`));
  expect(remarks(files.map((file) => join(folder, file)))).toBe("");
});

whenPresent("shellcheck has no remark on a script as machines get it", () => {
  const temporary = mkdtempSync(join(tmpdir(), "shell-"));
  const scripts = synthesized(clusterSpec(), "master").files.filter((file) => file.text.startsWith("#!/bin/sh"));
  expect(scripts.map((file) => file.path)).toEqual([
    "/opt/coppice/bin/loader",
    "/opt/coppice/bin/wait-for-files",
    "/opt/coppice/bin/fall-back",
    "/opt/coppice/bin/late-deadline",
  ]);
  const files = scripts.map((_, index) => join(temporary, `${index}.sh`));
  for (const [index, file] of files.entries()) writeFileSync(file, scripts[index]?.text ?? "");
  expect(remarks(files)).toBe("");
  rmSync(temporary, { recursive: true });
});
