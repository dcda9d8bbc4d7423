import type { UnknownArgument } from "../terraform/provider-schema";
import type { Block, Synthesized } from "../terraform/synthesized";

/** An argument of the pinned provider that an older one, found on a test machine, may lack; the bed leaves it out and says so. */
export interface VersionGap {
  readonly type: string;
  readonly path: string;
  readonly reason: string;
}

export const versionGaps: readonly VersionGap[] = [];

export function isGap(unknown: UnknownArgument, gaps = versionGaps): boolean {
  return gaps.some((gap) => gap.type === unknown.type && gap.path === unknown.path);
}

/** The stack without these arguments: an override file can change an argument but not take it away. */
export function withoutArguments(stack: Synthesized, unknown: readonly UnknownArgument[]): Synthesized {
  const copy = structuredClone(stack);
  for (const { address, path } of unknown) {
    const [kind, type = "", name = ""] = address.startsWith("data.") ? address.split(".") : ["resource", ...address.split(".")];
    remove(copy[kind as "data" | "resource"]?.[type]?.[name], path.split("."));
  }
  return copy;
}

function remove(body: Block | undefined, [key = "", ...rest]: readonly string[]): void {
  if (!body) return;
  if (rest.length === 0) delete (body as Record<string, unknown>)[key];
  else for (const one of [body[key]].flat()) remove(one as Block | undefined, rest);
}
