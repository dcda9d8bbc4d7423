import { applyFix, didYouMean, leaveOut, report, show, showPath, use } from "../../constructs/spec/problems";

const input = { zones: ["a", "b"], pools: { one: { max: 1 } } };

it.each([
  ["writes a value", use(["pools", "one", "max"], 2), { zones: ["a", "b"], pools: { one: { max: 2 } } }],
  ["makes the objects on its way", use(["pools", "two", "max"], 2), { zones: ["a", "b"], pools: { one: { max: 1 }, two: { max: 2 } } }],
  ["makes the lists on its way", use(["more", 0], "c"), { ...input, more: ["c"] }],
  ["takes a field out", leaveOut(["pools", "one"]), { zones: ["a", "b"], pools: {} }],
  ["takes an entry out of a list", leaveOut(["zones", 0]), { zones: ["b"], pools: { one: { max: 1 } } }],
  ["renames a field", { text: "", changes: [{ rename: ["pools", "one"], to: "two" }] }, { zones: ["a", "b"], pools: { two: { max: 1 } } }],
  ["replaces everything", use([], 7), 7],
])("%s", (_, fix, expected) => {
  const before = structuredClone(input);
  expect(applyFix(input, fix)).toEqual(expected);
  expect(input).toEqual(before);
});

it.each([
  [["cluster", "workers", "general", "taints", 0], "cluster.workers.general.taints[0]"],
  [["tags", "example.com/owner"], 'tags["example.com/owner"]'],
  [[], ""],
])("writes a path as in TypeScript", (path, text) => {
  expect(showPath(path)).toBe(text);
});

it.each([
  [undefined, "(missing)"],
  [null, "null"],
  ["text", '"text"'],
  ["x".repeat(60), `"${"x".repeat(46)}…`],
])("shows a value shortly", (value, text) => {
  expect(show(value)).toBe(text);
});

it.each([
  ["calcio", ["cilium", "calico", "none"], "calico"],
  ["CILIUM", ["cilium", "calico"], "cilium"],
  ["kubernetes", ["cilium", "calico"], undefined],
  ["ab", ["ac", "aa"], "aa"],
  ["x", [], undefined],
])("takes %s for a slip of %j: %s", (word, known, meant) => {
  expect(didYouMean(word, known)).toBe(meant);
});

it("counts one problem as one", () => {
  const problem = { path: ["protect"], value: 1, rule: "is true or false", fix: use(["protect"], true) };
  expect(report("dev", [problem])).toBe(
    "dev cannot be built: 1 problem in environments/dev.ts\n\n  protect   1   is true or false   use true\n",
  );
});
