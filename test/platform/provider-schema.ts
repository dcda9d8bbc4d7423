import type { Block, Blocks, Terraform } from "../stacks/terraform";

/** As the provider itself describes an argument: `"string"`, `["set", "string"]`. */
type Type = string | readonly [string, ...unknown[]];

interface Attribute {
  readonly type: Type;
  readonly required?: boolean;
  readonly optional?: boolean;
}

interface Nested {
  readonly nesting_mode: string;
  readonly min_items?: number;
  readonly max_items?: number;
  readonly block: BlockSchema;
}

interface BlockSchema {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly block_types?: Readonly<Record<string, Nested>>;
}

/** What a provider takes, by type; the form of `terraform providers schema -json`. */
export interface ProviderSchema {
  readonly resource_schemas: Readonly<Record<string, BlockSchema>>;
  readonly data_source_schemas: Readonly<Record<string, BlockSchema>>;
}

/** Arguments that Terraform itself takes everywhere. */
const ofTerraform = new Set(["//", "depends_on", "lifecycle", "provider", "count", "for_each"]);

/** A stack with the resources of one provider alone. */
export function ofProvider({ resource, data = {}, ...rest }: Terraform, provider: string): Terraform {
  const own = (blocks: Blocks): Blocks => Object.fromEntries(Object.entries(blocks).filter(([type]) => type.startsWith(`${provider}_`)));
  return { ...rest, resource: own(resource), data: own(data) };
}

/** Every place of a stack that the provider would refuse by its schema, in words. */
export function schemaProblems({ resource, data = {} }: Terraform, schema: ProviderSchema): readonly string[] {
  const of = (blocks: Blocks, schemas: ProviderSchema["resource_schemas"], prefix: string): string[] =>
    Object.entries(blocks).flatMap(([type, byId]) =>
      Object.entries(byId).flatMap(([id, block]) => {
        const known = schemas[type];
        const own = Object.fromEntries(Object.entries(block).filter(([name]) => !ofTerraform.has(name)));
        return known ? inBlock(`${prefix}${type}.${id}`, own, known) : [`${prefix}${type}: the schemas here do not hold it`];
      }),
    );
  return [...of(resource, schema.resource_schemas, ""), ...of(data, schema.data_source_schemas, "data.")];
}

function inBlock(where: string, block: Block, { attributes = {}, block_types = {} }: BlockSchema): string[] {
  const missing = Object.entries(attributes)
    .filter(([name, { required }]) => required && block[name] === undefined)
    .map(([name]) => `${where}.${name} is required`);
  const few = Object.entries(block_types)
    .filter(([name, { min_items = 0 }]) => min_items > 0 && block[name] === undefined)
    .map(([name]) => `${where}.${name} is required`);
  const wrong = Object.entries(block).flatMap(([name, value]) => {
    const [attribute, nested] = [attributes[name], block_types[name]];
    if (nested) return inNested(`${where}.${name}`, value, nested);
    if (!attribute) return [`${where}.${name} is no argument`];
    if (!attribute.required && !attribute.optional) return [`${where}.${name} is the provider's to say`];
    return fits(value, attribute.type) ? [] : [`${where}.${name} is no ${JSON.stringify(attribute.type)}`];
  });
  return [...missing, ...few, ...wrong];
}

/** JSON writes one block as an object or as a list of one. */
function inNested(where: string, value: unknown, { min_items = 0, max_items = Infinity, block }: Nested): string[] {
  const all = [value].flat();
  const count = all.length < min_items || all.length > max_items ? [`${where} stands ${all.length} times`] : [];
  return [...count, ...all.flatMap((one) => (isBlock(one) ? inBlock(where, one, block) : [`${where} is no block`]))];
}

function fits(value: unknown, type: Type): boolean {
  // Terraform finds out what an expression is.
  if (typeof value === "string" && /^\$\{.*\}$/s.test(value)) return true;
  if (typeof type === "string") return typeof value === { string: "string", number: "number", bool: "boolean" }[type];
  const [kind, of] = type as [string, Type];
  if (kind === "map") return isBlock(value) && Object.values(value).every((one) => fits(one, of));
  return ["list", "set"].includes(kind) && Array.isArray(value) && value.every((one) => fits(one, of));
}

function isBlock(value: unknown): value is Block {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
