import { tags } from "../../spec/names";
import type { GoogleSpec } from "./spec";

/** Tags as labels, for which the rules have made sure that they are some; and what tells a machine's seat or pool. */
export function labels(spec: GoogleSpec, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...tags(spec), ...more };
}
