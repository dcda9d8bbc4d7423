import "../../stacks/creation-stack";
import { spawnSync } from "child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "fs";
import { tmpdir } from "os";
import { join } from "path";
import { loadEnvironment } from "../../stacks/environments";
import { synthesizeText } from "./terraform";

const root = join(__dirname, "../..");
const temporary: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "coppice-determinism-"));
  temporary.push(made);
  return made;
};
afterAll(() => temporary.forEach((made) => rmSync(made, { recursive: true, force: true })));

/** All stacks by name, as a process of its own writes them. */
function synth(environment: Readonly<Record<string, string>>, cwd = root): Record<string, string> {
  const outdir = folder();
  const child = spawnSync(process.execPath, [join(cwd, "run.js"), "stacks/main.ts"], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...environment, CDKTF_OUTDIR: outdir },
  });
  expect(child.stderr).toBe("");
  const stacks = join(outdir, "stacks");
  const files = readdirSync(stacks).flatMap((stack) => readdirSync(join(stacks, stack)).map((file) => join(stack, file)));
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(stacks, file), "utf8")]));
}

test("two syntheses are equal to the byte, also in another time zone and locale", () => {
  const here = synth({ TZ: "UTC", LC_ALL: "C" });
  expect(Object.keys(here)).toEqual(expect.arrayContaining(["prod-aws/cdk.tf.json", "prod-aws/agent.json"]));
  expect(synth({ TZ: "UTC", LC_ALL: "C" })).toEqual(here);
  expect(synth({ TZ: "Asia/Kathmandu", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" })).toEqual(here);
});

test("the order in which a person wrote the keys means nothing", () => {
  const environment = loadEnvironment("prod-aws");
  expect(synthesizeText("prod-aws", reversed(environment))).toEqual(synthesizeText("prod-aws", environment));
});

/** The same data with the keys of every object in reverse. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

test("an environment is made by copying one file, and nothing else", () => {
  const copy = folder();
  for (const part of ["agent", "constructs", "environments", "stacks"]) cpSync(join(root, part), join(copy, part), { recursive: true });
  for (const file of ["run.js", "run.d.ts", "package.json", "package-lock.json", "tsconfig.json"])
    cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  mkdirSync(join(copy, ".build"));
  const before = synth({}, copy);
  const source = readFileSync(join(copy, "environments/prod-aws.ts"), "utf8");
  writeFileSync(join(copy, "environments/orchard-aws.ts"), source.replace('name: "prod"', 'name: "orchard"'));
  const after = synth({}, copy);
  const added = ["orchard-aws/agent.json", "orchard-aws/cdk.tf.json", "orchard-aws-addons/cdk.tf.json"];
  expect(Object.keys(after).sort()).toEqual([...Object.keys(before), ...added].sort());
  expect({ ...after, ...before }).toEqual(after);
  expect(after["orchard-aws/cdk.tf.json"]).toContain("coppice-orchard-111122223333-eu-central-1");
});
