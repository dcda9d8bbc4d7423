/** A difference that a second plan may show here and not on AWS. */
export interface AllowedDifference {
  readonly type: string;
  readonly attribute: string;
  /** Why the emulator or the found provider cannot do better. */
  readonly reason: string;
}

export const allowedDifferences: readonly AllowedDifference[] = [];
