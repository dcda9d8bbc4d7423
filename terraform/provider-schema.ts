import type { Block, Synthesized } from "./synthesized";

/** As `terraform providers schema -json` prints it. */
export interface SchemaBlock {
  readonly attributes?: Readonly<Record<string, { readonly nested_type?: { readonly attributes?: SchemaBlock["attributes"] } }>>;
  readonly block_types?: Readonly<Record<string, { readonly block: SchemaBlock }>>;
}

export interface ProviderSchema {
  readonly resource_schemas?: Readonly<Record<string, { readonly block: SchemaBlock }>>;
  readonly data_source_schemas?: Readonly<Record<string, { readonly block: SchemaBlock }>>;
}

/** `address` and the path below it of something that this provider version does not know. */
export interface UnknownArgument {
  readonly address: string;
  readonly type: string;
  readonly path: string;
}

/** Terraform's own arguments of a resource or data source, which no provider schema has. */
const meta = new Set(["//", "connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"]);

export function unknownArguments(stack: Synthesized, schema: ProviderSchema): UnknownArgument[] {
  return [...inKind(stack.resource, schema.resource_schemas, ""), ...inKind(stack.data, schema.data_source_schemas, "data.")];
}

function inKind(kind: Synthesized["resource"], schemas: ProviderSchema["resource_schemas"], prefix: string): UnknownArgument[] {
  return Object.entries(kind ?? {}).flatMap(([type, instances]) =>
    Object.entries(instances).flatMap(([name, body]) => {
      const address = `${prefix}${type}.${name}`;
      const block = schemas?.[type]?.block;
      if (!block) return [{ address, type, path: "" }];
      return pathsUnknown(withoutMeta(body), block).map((path) => ({ address, type, path }));
    }),
  );
}

function withoutMeta(body: Block): Block {
  return Object.fromEntries(Object.entries(body).filter(([key]) => !meta.has(key)));
}

function pathsUnknown(body: Block, schema: SchemaBlock): string[] {
  return Object.entries(body).flatMap(([key, value]) => {
    const nested = schema.block_types?.[key]?.block;
    if (nested) return below(key, value, nested);
    const attribute = schema.attributes?.[key];
    if (!attribute) return [key];
    const attributes = attribute.nested_type?.attributes;
    return attributes ? below(key, value, { attributes }) : [];
  });
}

function below(key: string, value: unknown, schema: SchemaBlock): string[] {
  const bodies = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "object" && one !== null) as Block[];
  const paths = bodies.flatMap((body) => pathsUnknown(withoutComment(body), schema)).map((path) => `${key}.${path}`);
  return [...new Set(paths)];
}

/** A comment is allowed in any JSON body. */
function withoutComment(body: Block): Block {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== "//"));
}
