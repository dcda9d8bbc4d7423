import "../../stacks/creation-stack";
import { readFileSync } from "fs";
import { join } from "path";
import { loadEnvironment } from "../../stacks/environments";
import { googleScenarios } from "../stacks/scenarios-google";
import { vsphereScenarios } from "../stacks/scenarios-vsphere";
import { synthesizeText, type Terraform } from "../stacks/terraform";
import { ofProvider, schemaProblems, type ProviderSchema } from "./provider-schema";

/**
 * What is synthesized, against the provider's own schema: arguments, types, what is required, how blocks nest. Where no
 * provider is on the machine, it says what `terraform validate` would; the clouds of which no emulator takes the Terraform.
 */
const clouds = {
  google: {
    environments: {
      "prod-google": loadEnvironment("prod-google"),
      ...Object.fromEntries(Object.entries(googleScenarios).map(([name, { environment }]) => [name, environment])),
    },
    /** Resources that none of these has, though their schema is here. */
    unused: [],
  },
  vsphere: {
    environments: {
      "onprem-vsphere": loadEnvironment("onprem-vsphere"),
      ...Object.fromEntries(Object.entries(vsphereScenarios).map(([name, { environment }]) => [name, environment])),
    },
    unused: [],
  },
};

describe.each(Object.entries(clouds))("on %s", (cloud, { environments, unused }) => {
  const schema = JSON.parse(readFileSync(join(__dirname, "schemas", `${cloud}.json`), "utf8")) as ProviderSchema;
  const stacks = new Map<string, readonly Terraform[]>();
  beforeAll(() => {
    for (const [name, environment] of Object.entries(environments)) {
      const { cluster, addons } = synthesizeText(name, environment);
      // The store on vSphere is written to by the provider of AWS, which an emulator runs.
      stacks.set(
        name,
        [cluster, addons].map((text) => ofProvider(JSON.parse(text) as Terraform, cloud)),
      );
    }
  });

  test.each(Object.keys(environments))("%s has no argument that the provider would refuse", (name) => {
    expect(stacks.get(name)).toHaveLength(2);
    expect(stacks.get(name)?.flatMap((stack) => schemaProblems(stack, schema))).toEqual([]);
  });

  test("every schema here is of something that is synthesized", () => {
    const all = [...stacks.values()].flat();
    const made = new Set(all.flatMap((stack) => [...Object.keys(stack.resource), ...Object.keys(stack.data ?? {})]));
    const known = [...Object.keys(schema.resource_schemas), ...Object.keys(schema.data_source_schemas)];
    expect(known.filter((type) => !made.has(type))).toEqual(unused);
  });
});

describe("the check finds", () => {
  const schema: ProviderSchema = {
    resource_schemas: {
      thing: {
        attributes: {
          name: { type: "string", required: true },
          size: { type: "number", optional: true },
          tags: { type: ["map", "string"], optional: true },
          ports: { type: ["set", "string"], optional: true },
          id: { type: "string" },
        },
        block_types: {
          rule: { nesting_mode: "list", min_items: 1, max_items: 1, block: { attributes: { on: { type: "bool", required: true } } } },
        },
      },
    },
    data_source_schemas: {},
  };
  const whole = { name: "a", rule: { on: true } };

  test.each([
    ["nothing in what is right", { ...whole, size: 1, tags: { a: "b" }, ports: ["1"], depends_on: ["x.y"] }, []],
    ["nothing in an expression", { ...whole, size: "${x.y.size}", ports: "${x.y.ports}" }, []],
    ["an unknown argument", { ...whole, nmae: "b" }, ["thing.a.nmae is no argument"]],
    ["what is missing", { rule: [{ on: true }] }, ["thing.a.name is required"]],
    ["a block that is missing", { name: "a" }, ["thing.a.rule is required"]],
    ["what is the provider's to say", { ...whole, id: "b" }, ["thing.a.id is the provider's to say"]],
    ["a text for a number", { ...whole, size: "large" }, ['thing.a.size is no "number"']],
    ["a number for a text, in a list", { ...whole, ports: [1] }, ['thing.a.ports is no ["set","string"]']],
    ["a block too many", { name: "a", rule: [{ on: true }, { on: false }] }, ["thing.a.rule stands 2 times"]],
    ["what is wrong inside of a block", { name: "a", rule: { on: "yes" } }, ['thing.a.rule.on is no "bool"']],
    ["a text for a block", { name: "a", rule: "on" }, ["thing.a.rule is no block"]],
  ])("%s", (_, block, problems) => {
    const terraform = { resource: { thing: { a: block } }, provider: {}, terraform: {} };
    expect(schemaProblems(terraform, schema)).toEqual(problems);
  });

  test("a resource that no schema describes", () => {
    expect(schemaProblems({ resource: { other: { a: {} } }, provider: {}, terraform: {} }, schema)).toEqual([
      "other: the schemas here do not hold it",
    ]);
  });
});
