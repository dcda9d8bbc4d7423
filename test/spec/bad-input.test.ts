import { awsRules } from "../../constructs/platform/aws/check";
import { googleRules } from "../../constructs/platform/google/check";
import { vsphereRules } from "../../constructs/platform/vsphere/check";
import type { Cloud } from "../../constructs/spec/by-cloud";
import { environmentShape } from "../../constructs/spec/environment";
import { applyFix, showPath } from "../../constructs/spec/problems";
import { at, type Rule, type Sections } from "../../constructs/spec/rules/rule";
import { rules } from "../../constructs/spec/validate";
import { company } from "./bad-input/company";
import { fields } from "./bad-input/fields";
import { google } from "./bad-input/google";
import { machines } from "./bad-input/machines";
import { network } from "./bad-input/network";
import { placement } from "./bad-input/placement";
import { set, type Row } from "./bad-input/row";
import { vsphere } from "./bad-input/vsphere";
import { minimal } from "./environments";
import { changed, nameOf, problemsOf, read, settle } from "./reading";

const rows = [...fields, ...placement, ...network, ...machines, ...company, ...google, ...vsphere];
const broken = ({ on = minimal, changes }: Row): unknown => changed(on, changes);

describe.each(rows.map((row) => [`${row.on?.cluster.placement.cloud ?? "aws"}: ${row.says[0]} ${row.says[1]}`, row] as const))(
  "%s",
  (_, row) => {
    const input = broken(row);
    const problems = problemsOf(input);

    it("is the only problem", () => {
      expect(problems.map(({ path, rule, fix }) => [showPath(path) || "(all)", rule, fix.text])).toEqual([row.says]);
    });

    it("is gone once its fix is made, and everything after a few", () => {
      const [problem] = problems;
      if (!problem) throw new Error("no problem to fix");
      expect(problemsOf(applyFix(input, problem.fix)).map(nameOf)).not.toContain(nameOf(problem));
      expect(settle(input).problems).toEqual([]);
    });
  },
);

it.each<[cloud: Cloud, all: readonly Pick<Rule<keyof Sections>, "id" | "check">[]]>([
  ["aws", [...rules, ...awsRules]],
  ["google", googleRules],
  ["vsphere", vsphereRules],
])("breaks every rule of %s in some row", (cloud, all) => {
  const seen = new Set(
    rows.flatMap((row) => {
      const parsed = environmentShape.safeParse(broken(row));
      if (!parsed.success || parsed.data.cluster.placement.cloud !== cloud) return [];
      const { cluster, ...rest } = parsed.data;
      const sections = { ...cluster, ...rest };
      return all.filter((rule) => rule.check(sections).length > 0).map((rule) => rule.id);
    }),
  );
  const ids = all.map((rule) => rule.id);
  expect(ids.filter((id) => !seen.has(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

it("has many rules", () => {
  expect(rules.length + awsRules.length).toBeGreaterThan(40);
});

it("does not change the input that it fixes", () => {
  const input = structuredClone(minimal);
  settle(changed(input, [set(at("etcd", "seats"), 2)]));
  expect(input).toEqual(minimal);
});

it("reports every problem at once, as people read it", () => {
  const input = changed(minimal, [
    set(at("masters", "seats"), 2),
    set(at("network", "pods"), "10.0.128.0/17"),
    set(at("workers", "general", "labls"), { "example.com/pool": "general" }),
  ]);
  const text = [
    "orchard cannot be built: 3 problems in environments/orchard.ts",
    "",
    "  cluster.masters.seats           2                                is 1, 3 or 5: an even number survives no more losses than one less   use 3",
    '  cluster.workers.general.labls   {"example.com/pool":"general"}   is no field of cluster.workers.general                               did you mean labels?',
    '  cluster.network.pods            "10.0.128.0/17"                  lies outside network.nodes, 10.0.0.0/16                              use "10.1.0.0/17"',
    "",
  ].join("\n");
  expect(() => read(input)).toThrow(new Error(text));
});
