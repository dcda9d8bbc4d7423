import { existsSync, readFileSync } from "fs";
import { join } from "path";

/** A stack whose Terraform differs between two syntheses, as a pipeline needs it. */
export interface ChangedStack {
  readonly stack: string;
  readonly environment: string;
  /** The provider of its cluster: whose credentials the pipeline needs. */
  readonly cloud: string;
  readonly region: string;
}

interface Manifest {
  readonly stacks: Readonly<Record<string, { readonly synthesizedStackPath: string; readonly dependencies: readonly string[] }>>;
}

/**
 * The stacks of `after` that differ from those of `before`, each after those that it depends on. A stack that is gone is
 * not among them: destroying a cluster is a decision, not a side effect of deleting a file.
 * @param before folder of a synthesis, `cdktf.out`
 */
export function changedStacks(before: string, after: string): readonly ChangedStack[] {
  const { stacks } = JSON.parse(readFileSync(join(after, "manifest.json"), "utf8")) as Manifest;
  return Object.entries(stacks)
    .filter(([, { synthesizedStackPath }]) => read(join(before, synthesizedStackPath)) !== read(join(after, synthesizedStackPath)))
    .sort(([, a], [, b]) => a.dependencies.length - b.dependencies.length)
    .map(([stack, { synthesizedStackPath, dependencies }]) => ({
      stack,
      environment: dependencies[0] ?? stack,
      ...placeOf(read(join(after, stacks[dependencies[0] ?? stack]?.synthesizedStackPath ?? synthesizedStackPath)) ?? "{}"),
    }));
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

function placeOf(terraform: string): Pick<ChangedStack, "cloud" | "region"> {
  const { provider = {} } = JSON.parse(terraform) as { provider?: Record<string, readonly { region?: string }[]> };
  // Beside another one, the provider of AWS writes to a store that only speaks S3.
  const [[cloud, [first]] = ["", []]] = Object.entries(provider).sort(([a], [b]) => Number(a === "aws") - Number(b === "aws"));
  return { cloud, region: first?.region ?? "" };
}
