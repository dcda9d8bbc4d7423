import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "fs";
import { tmpdir } from "os";
import { join } from "path";
import { changedStacks } from "../../cli/changed";

const folder = mkdtempSync(join(tmpdir(), "coppice-changed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A synthesis of stacks, each of one word. */
function synthesis(name: string, stacks: Readonly<Record<string, string>>): string {
  const out = join(folder, name);
  const manifest = Object.keys(stacks).map((stack) => {
    const synthesizedStackPath = `stacks/${stack}/cdk.tf.json`;
    mkdirSync(join(out, "stacks", stack), { recursive: true });
    writeFileSync(
      join(out, synthesizedStackPath),
      JSON.stringify({ provider: { aws: [{ region: "eu-central-1" }] }, word: stacks[stack] }),
    );
    return [stack, { synthesizedStackPath, dependencies: stack.endsWith("-addons") ? [stack.replace("-addons", "")] : [] }];
  });
  writeFileSync(join(out, "manifest.json"), JSON.stringify({ stacks: Object.fromEntries(manifest) as unknown }));
  return out;
}

const stack = (name: string, environment = name) => ({ stack: name, environment, cloud: "aws", region: "eu-central-1" });

test("what is equal is left alone", () => {
  expect(changedStacks(synthesis("a", { prod: "x" }), synthesis("b", { prod: "x" }))).toEqual([]);
});

test("what differs and what is new comes, the add-ons of a cluster after the cluster", () => {
  const before = synthesis("c", { "prod-addons": "x", prod: "x", dev: "x" });
  const after = synthesis("d", { "prod-addons": "y", prod: "y", dev: "x", new: "z" });
  expect(changedStacks(before, after)).toEqual([stack("prod"), stack("new"), stack("prod-addons", "prod")]);
});

test("what is gone is not destroyed by a pipeline", () => {
  expect(changedStacks(synthesis("e", { prod: "x", old: "x" }), synthesis("f", { prod: "x" }))).toEqual([]);
});

test("a stack says whose credentials it needs", () => {
  const after = join(folder, "g");
  mkdirSync(after, { recursive: true });
  writeFileSync(join(after, "one.json"), JSON.stringify({ provider: { google: [{ region: "europe-west4", project: "p" }] } }));
  writeFileSync(join(after, "manifest.json"), JSON.stringify({ stacks: { one: { synthesizedStackPath: "one.json", dependencies: [] } } }));
  expect(changedStacks(synthesis("h", { other: "x" }), after)).toEqual([
    { stack: "one", environment: "one", cloud: "google", region: "europe-west4" },
  ]);
});

test("a store that speaks S3 does not make a cluster and its add-ons AWS's", () => {
  const after = join(folder, "i");
  mkdirSync(after, { recursive: true });
  const store = { aws: [{ region: "us-east-1" }] };
  writeFileSync(join(after, "one.json"), JSON.stringify({ provider: { ...store, vsphere: [{ vsphere_server: "vcenter.example.com" }] } }));
  writeFileSync(join(after, "addons.json"), JSON.stringify({ provider: store }));
  const stacks = {
    one: { synthesizedStackPath: "one.json", dependencies: [] },
    "one-addons": { synthesizedStackPath: "addons.json", dependencies: ["one"] },
  };
  writeFileSync(join(after, "manifest.json"), JSON.stringify({ stacks }));
  expect(changedStacks(synthesis("j", { other: "x" }), after).map(({ stack, cloud }) => [stack, cloud])).toEqual([
    ["one", "vsphere"],
    ["one-addons", "vsphere"],
  ]);
});
