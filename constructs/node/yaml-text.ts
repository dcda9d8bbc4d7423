import { stringify } from "yaml";

/** One object in YAML's block style. Strings go through the serializer, so none of them can become structure. */
export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
