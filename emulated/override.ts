import type { ProviderMirror } from "./find-provider";
import { requiredProviders } from "./required-providers";
import type { Block, Synthesized } from "../terraform/synthesized";

export const overrideFile = "ci_override.tf.json";

/** What Terraform merges over the synthesized stack, which itself stays as production gets it. */
export function overrideFor(
  stack: Synthesized,
  found: readonly ProviderMirror[],
  providers: Readonly<Record<string, (block: Block) => Block>>,
): Block {
  const versions = requiredProviders(stack).map(({ name, source }) => {
    const version = found.find((one) => one.source === source)?.version;
    return [name, { source, ...(version === undefined ? {} : { version }) }] as const;
  });
  const blocks = Object.entries(stack.provider ?? {}).map(([name, all]) => [
    name,
    // Terraform merges by alias.
    all.map((block) => ({ ...(block.alias === undefined ? {} : { alias: block.alias }), ...providers[name]?.(block) })),
  ]);
  return {
    terraform: { backend: { local: {} }, required_providers: Object.fromEntries(versions) },
    provider: Object.fromEntries(blocks) as Block,
  };
}
