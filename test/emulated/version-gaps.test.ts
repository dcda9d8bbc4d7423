import { unknownArguments, type ProviderSchema } from "../../terraform/provider-schema";
import { isGap, versionGaps, withoutArguments } from "../../emulated/version-gaps";

const schema: ProviderSchema = {
  resource_schemas: {
    aws_lb: {
      block: {
        attributes: { name: {}, matrix: { nested_type: { attributes: { row: {} } } } },
        block_types: { subnet_mapping: { block: { attributes: { subnet_id: {} } } } },
      },
    },
  },
};
const stack = {
  resource: {
    aws_lb: {
      api: {
        name: "a",
        novel: true,
        subnet_mapping: [
          { subnet_id: "s", novel: 1 },
          { subnet_id: "t", novel: 2, "//": "x" },
        ],
        matrix: { row: 1, column: 2 },
        lifecycle: { prevent_destroy: true },
        depends_on: ["x"],
        "//": { metadata: {} },
      },
    },
    aws_new: { one: { name: "b" } },
  },
};

describe("what only the pinned provider knows", () => {
  const unknown = unknownArguments(stack, schema);

  it("is listed down to the nested argument; Terraform's own arguments are known", () => {
    expect(unknown.map(({ address, path }) => `${address} ${path}`.trim())).toEqual([
      "aws_lb.api novel",
      "aws_lb.api subnet_mapping.novel",
      "aws_lb.api matrix.column",
      "aws_new.one",
    ]);
  });

  it("is a gap only when named, by type and path", () => {
    const gaps = [{ type: "aws_lb", path: "novel", reason: "test" }];
    expect(unknown.filter((one) => isGap(one, gaps)).map(({ path }) => path)).toEqual(["novel"]);
    expect(versionGaps.filter(({ reason }) => reason.length < 20)).toEqual([]);
  });

  it("is left out of a copy, never of the stack", () => {
    const copy = withoutArguments(stack, unknown.slice(0, 2));
    expect(copy.resource?.aws_lb?.api).toMatchObject({ name: "a", matrix: { row: 1, column: 2 } });
    expect(JSON.stringify(copy)).not.toContain("novel");
    expect(JSON.stringify(stack).split("novel")).toHaveLength(4);
  });
});
