import { awsFacts } from "../../constructs/platform/aws/facts";
import { googleFacts } from "../../constructs/platform/google/facts";
import { vsphereFacts } from "../../constructs/platform/vsphere/facts";
import type { PlatformFacts } from "../../constructs/platform/platform";
import type { Cloud } from "../../constructs/spec/by-cloud";
import type { CompleteEnvironment } from "../../constructs/spec/environment";
import { applyFix, InvalidEnvironment, showPath, type Change, type Problem } from "../../constructs/spec/problems";
import { readEnvironment } from "../../constructs/spec/read-environment";

/** As stacks/platforms.ts has them, without what builds. */
const facts: Readonly<Record<Cloud, PlatformFacts>> = { aws: awsFacts, google: googleFacts, vsphere: vsphereFacts };

export const read = (input: unknown): CompleteEnvironment =>
  readEnvironment("orchard", input, (spec) => facts[spec.placement.cloud].check(spec));

/** Every problem of an input; any other exception than the one with problems goes through. */
export function problemsOf(input: unknown): readonly Problem[] {
  try {
    read(input);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidEnvironment)) throw error;
    return error.problems;
  }
}

/** The input with the changes made. */
export const changed = (input: unknown, changes: readonly Change[]): unknown => applyFix(input, { text: "", changes });

/** What is left of the problems once their own fixes are made, all at once and again; and after how many rounds. */
export function settle(input: unknown, rounds = 0): { readonly problems: readonly Problem[]; readonly rounds: number } {
  const problems = problemsOf(input);
  if (problems.length === 0 || rounds === 8) return { problems, rounds };
  // From the last to the first: an entry taken out of a list moves those behind it.
  const fixed = problems.reduceRight((current: unknown, problem) => applyFix(current, problem.fix), input);
  return settle(fixed, rounds + 1);
}

/** `path: rule`, which tells one problem from another. */
export const nameOf = ({ path, rule }: Problem): string => `${showPath(path)}: ${rule}`;
