import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Block = Readonly<Record<string, unknown>>;

/** The parts of Terraform's JSON syntax that the bed reads; synth writes no other form. */
export interface Synthesized {
  readonly terraform?: { readonly required_providers?: Readonly<Record<string, { readonly source: string; readonly version?: string }>> };
  readonly provider?: Readonly<Record<string, readonly Block[]>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly variable?: Readonly<Record<string, Block>>;
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
}

export const stackFile = "cdk.tf.json";

export function readSynthesized(stackDir: string): Synthesized {
  return JSON.parse(readFileSync(join(stackDir, stackFile), "utf8")) as Synthesized;
}

export function blocksOf(stack: Synthesized, kind: "data" | "resource", type: string): readonly Block[] {
  return Object.values(stack[kind]?.[type] ?? {});
}
