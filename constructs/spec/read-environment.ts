import type { ClusterSpec } from "./cluster-spec";
import { environmentShape, type CompleteEnvironment } from "./environment";
import { applyFix, InvalidEnvironment, pathAfter, type Path, type Problem } from "./problems";
import type { Section } from "./rules/rule";
import { shapeProblems } from "./shape-problems";
import { ruleProblems } from "./validate";

/**
 * A complete environment from what a person wrote: defaults first, then every rule.
 * @param checksOf the rules that only the environment's cloud has
 * @throws InvalidEnvironment with all problems at once
 */
export function readEnvironment(name: string, input: unknown, checksOf: (spec: ClusterSpec) => readonly Problem[]): CompleteEnvironment {
  const read = environmentShape.safeParse(input);
  const problems = read.success ? [...ruleProblems(read.data), ...checksOf(read.data.cluster)] : brokenProblems(input);
  if (problems.length > 0) throw new InvalidEnvironment(name, problems);
  return read.data as CompleteEnvironment;
}

/** Where the shape is broken, its problems, and those of the rules that look at sections which hold. */
function brokenProblems(input: unknown): readonly Problem[] {
  const problems = shapeProblems(environmentShape, input);
  const broken = problems.flatMap(({ path, fix }) => [path, ...fix.changes.map(pathAfter)]).map(sectionOf);
  const repaired = broken.includes(undefined) ? undefined : repair(input, problems);
  return repaired === undefined ? problems : [...problems, ...ruleProblems(repaired, new Set(broken as Section[]))];
}

/** Nothing for the environment or the cluster as a whole. */
function sectionOf(path: Path): string | undefined {
  return (path[0] === "cluster" ? path[1] : path[0]) as string | undefined;
}

/** Some fixes bring up the next problem: an emptied list, a field of what was missing. */
const ROUNDS = 5;

/** The input with its broken places filled in, so that the rules on all others can be checked. */
function repair(input: unknown, problems: readonly Problem[], round = 1): CompleteEnvironment | undefined {
  // From the last to the first: an entry taken out of a list moves those behind it.
  const fixed = problems.reduceRight((current: unknown, problem) => applyFix(current, problem.fix), input);
  const read = environmentShape.safeParse(fixed);
  if (read.success) return read.data;
  return round < ROUNDS ? repair(fixed, shapeProblems(environmentShape, fixed), round + 1) : undefined;
}
