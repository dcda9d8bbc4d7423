/**
 * The rules that the model can switch off, one at a time, to prove that it would notice. Nothing but the model makes a
 * value of this type: agents run with `everyRule`.
 */
export interface Rules {
  /** 5: every epoch has a token of its own. */
  readonly freshToken: boolean;
  /** 6: a seat that has joined never starts as new again. */
  readonly joinedOnce: boolean;
  /** 7: a replaced member is open on record from remove to promote. */
  readonly openOnRecord: boolean;
  /** 8: destructive recovery needs all seats. */
  readonly unanimity: boolean;
  /** 10: a repair boots the good configuration. */
  readonly repairBootsGood: boolean;
  /** A serving machine is taken down under the permit only. */
  readonly permit: boolean;
  /** A vote is on the disk before it is published, and holds the seat. */
  readonly fence: boolean;
  /** `joined` is in the store before the member starts. */
  readonly joinedFirst: boolean;
}

export const everyRule: Rules = {
  freshToken: true,
  joinedOnce: true,
  openOnRecord: true,
  unanimity: true,
  repairBootsGood: true,
  permit: true,
  fence: true,
  joinedFirst: true,
};
