import type { ClusterSpec } from "../cluster-spec";
import type { CompleteEnvironment } from "../environment";
import { showPath, type Path, type Problem } from "../problems";

/** The sections of a cluster, and beside them what else an environment says. */
export type Sections = ClusterSpec & Omit<CompleteEnvironment, "cluster">;
export type Section = keyof Sections;

/** Something that holds for every valid environment and crosses fields; what one field must be like, its shape says. */
export interface Rule<Read extends Section = Section> {
  readonly id: string;
  /** The sections that it looks at: a rule is checked as soon as these have their shape. */
  readonly reads: readonly Read[];
  check(sections: Pick<Sections, Read>): readonly Problem[];
}

/** How rules on sections of one kind are made. */
export type RuleMaker<On> = <Read extends keyof On & Section>(
  id: string,
  reads: readonly Read[],
  check: (sections: Pick<On, Read>) => readonly Problem[],
) => Rule<Read>;

export const rule: RuleMaker<Sections> = (id, reads, check) => ({ id, reads, check });

/** The path of a field of the cluster. */
export function at(...keys: Path): Path {
  return ["cluster", ...keys];
}

/** Such a path as a rule names it: `network.pods`. */
export function named(path: Path): string {
  return showPath(path.slice(1));
}
