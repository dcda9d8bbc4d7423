import type { Environment } from "../../../constructs/spec/environment";
import type { Change, Path } from "../../../constructs/spec/problems";

/** One broken rule: what is done to a valid environment, and the only problem that it then has. */
export interface Row {
  /** @default the minimal one */
  readonly on?: Environment;
  readonly changes: readonly Change[];
  /** Path, rule and fix, as the report prints them. */
  readonly says: readonly [path: string, rule: string, fix: string];
}

export const set = (path: Path, to: unknown): Change => ({ set: path, to });
export const remove = (path: Path): Change => ({ remove: path });
export const rename = (path: Path, to: string): Change => ({ rename: path, to });
