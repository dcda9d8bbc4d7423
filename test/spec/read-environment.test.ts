import fc from "fast-check";
import type { Environment } from "../../constructs/spec/environment";
import { applyFix, InvalidEnvironment, type Path } from "../../constructs/spec/problems";
import { at } from "../../constructs/spec/rules/rule";
import { environments } from "./arbitrary";
import { remove, set } from "./bad-input/row";
import { full, minimal } from "./environments";
import { fullOnGoogle, minimalOnGoogle } from "./environments-google";
import { changed, nameOf, problemsOf, read, settle } from "./reading";

const runs = { numRuns: 1000 };

it.each([
  ["minimal", minimal],
  ["full", full],
  ["minimal on Google Cloud", minimalOnGoogle],
  ["full on Google Cloud", fullOnGoogle],
])("takes the %s environment", (_, environment) => {
  expect(problemsOf(environment)).toEqual([]);
});

it("fills in every default", () => {
  expect(read(minimal).cluster).toMatchObject({
    kubernetes: "1.35.7",
    network: { nodes: "10.0.0.0/16", dns: [] },
    etcd: { seats: 3, architecture: "amd64" },
    workers: { general: { size: { cpus: 4, memoryGiB: 16 }, taints: [] } },
    segmentation: { machines: [] },
  });
});

it("takes its own result again", () => {
  expect(read(read(full))).toEqual(read(full));
});

it("checks no rule against a value that it made up itself", () => {
  const input = changed(minimal, [set(at("workers", "general", "min"), 5), remove(at("workers", "general", "max"))]);
  expect(problemsOf(input).map(nameOf)).toEqual(["cluster.workers.general.max: is required"]);
});

it("checks what holds beside what is broken", () => {
  const input = changed(minimal, [set(at("etcd", "volumeGiB"), 12), set(["backend"], 7), set(at("adons"), {})]);
  expect(problemsOf(input).map(nameOf)).toEqual([
    "cluster.adons: is no field of cluster",
    "backend: is an object",
    "cluster.etcd.volumeGiB: is at least 42: 4 times etcd.quotaGiB and 10",
  ]);
});

it("takes every valid environment", () => {
  fc.assert(
    fc.property(environments, (environment) => {
      expect(problemsOf(environment)).toEqual([]);
    }),
    runs,
  );
});

/** Every place of a value, outermost first. */
function places(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  return [path, ...[...keys].flatMap((key) => places((value as Record<string, unknown>)[key], [...path, key]))];
}

const withPlace = (environment: fc.Arbitrary<Environment>) =>
  environment.chain((valid) => fc.constantFrom(...places(valid)).map((path) => ({ valid, path })));

it.each([null, Number.NaN, Number.POSITIVE_INFINITY, "?!"])("refuses %p wherever it stands, and mends it", (junk) => {
  fc.assert(
    fc.property(withPlace(environments), ({ valid, path }) => {
      const input = changed(valid, [set(path, junk)]);
      const problems = problemsOf(input);
      if (typeof junk !== "string") expect(problems).not.toEqual([]);
      for (const problem of problems) expect(problemsOf(applyFix(input, problem.fix)).map(nameOf)).not.toContain(nameOf(problem));
      expect(settle(input).problems).toEqual([]);
    }),
    { numRuns: 250 },
  );
});

const junk = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "-",
    "x y",
    "0.0.0.0/0",
    "10.0.0.0/8",
    "../..",
    "aws:",
    true,
    {},
    { toString: "" },
    [],
    [null],
    -1,
    0,
    1e12,
    0.5,
  ),
  fc.anything({ withNullPrototype: false, maxDepth: 2 }),
);

it("never fails in another way, and mends whatever it refuses", () => {
  fc.assert(
    fc.property(withPlace(environments), junk, ({ valid, path }, value) => {
      expect(settle(changed(valid, [set(path, value)])).problems).toEqual([]);
    }),
    runs,
  );
});

/** Rules across fields, each broken in a way that fits every environment. */
const breaks: readonly ((valid: Environment) => unknown)[] = [
  (valid) => changed(valid, [set(at("network", "pods"), "172.16.0.0/12"), set(at("network", "services"), "172.16.0.0/16")]),
  (valid) => changed(valid, [set(at("network", "services"), "172.16.0.0/25")]),
  (valid) => changed(valid, [set(at("network", "pods"), "10.128.0.0/24")]),
  (valid) => changed(valid, [set(at("placement", "zones"), [...valid.cluster.placement.zones, valid.cluster.placement.zones[0]])]),
  (valid) => changed(valid, [set(at("placement", "zones", 0), "xx-nowhere-1a")]),
  (valid) => changed(valid, [set(at("placement", "zones"), valid.cluster.placement.zones.slice(0, 1)), set(at("etcd", "seats"), 3)]),
  (valid) =>
    changed(valid, [
      set(at("placement", "account"), "999999999999"),
      set(at("placement", "boundary"), "arn:aws:iam::111122223333:policy/b"),
    ]),
  (valid) => changed(valid, [set(at("etcd", "volumeGiB"), 10)]),
  (valid) => changed(valid, [set(at("workers"), {})]),
  (valid) => changed(valid, [set(at("workers", "other"), { min: 9, max: 3 })]),
  (valid) => changed(valid, [set(at("workers", "other"), { min: 0, max: 9, size: "m7g.large", architecture: "amd64" })]),
  (valid) => changed(valid, [set(at("access"), { api: "public" })]),
  (valid) => changed(valid, [set(at("access"), { from: ["128.0.0.0/1"] })]),
  (valid) => changed(valid, [set(at("tags"), { Name: "other" })]),
  (valid) =>
    changed(valid, [set(at("segmentation"), { machines: [{ from: "workers", to: "masters", ports: ["tcp/9-1"], why: "none at all" }] })]),
];

it("refuses what breaks a rule across fields, and mends it", () => {
  fc.assert(
    fc.property(environments, fc.constantFrom(...breaks), (valid, broken) => {
      const input = broken(valid);
      expect(() => read(input)).toThrow(InvalidEnvironment);
      expect(settle(input).problems).toEqual([]);
    }),
    runs,
  );
});
