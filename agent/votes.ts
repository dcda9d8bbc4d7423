import { vote as voteSchema } from "../constructs/spec/store";
import type { DiskReport, Vote } from "../constructs/spec/store";
import { keys } from "./store/keys";
import type { Objects } from "./store/objects";
import type { Writing } from "./store/store";

export type ValidReport = Extract<DiskReport, { data: "valid" }>;

/** A vote never changes: one that is there already stands, whoever of the seat's machines wrote it. */
export function publishVote(objects: Objects, vote: Vote): Promise<Writing> {
  return objects.create(keys.vote(vote.round, vote.seat), vote);
}

/** The votes of a round, of seats that have voted; undefined when one could not be read. */
export async function readVotes(objects: Objects, round: number, seats: readonly string[]): Promise<ReadonlyMap<string, Vote> | undefined> {
  const votes = new Map<string, Vote>();
  for (const seat of seats) {
    const read = await objects.read(keys.vote(round, seat), voteSchema);
    if (read.kind === "found") votes.set(seat, read.value);
    else if (read.kind !== "absent") return undefined;
  }
  return votes;
}

/** What several disks amount to. */
export interface Tally {
  /** Seats whose disk holds data of a voter of the newest membership. */
  readonly valid: readonly string[];
  /** Voters that the newest membership on any of these disks needs; 1 when there is no membership at all. */
  readonly quorum: number;
  /** The disk that raft itself would elect: highest term, then index, then name. */
  readonly best?: { readonly seat: string; readonly report: ValidReport };
}

export function tally(reports: ReadonlyMap<string, DiskReport>): Tally {
  const disks: { seat: string; report: ValidReport }[] = [];
  for (const [seat, report] of reports) if (report.data === "valid") disks.push({ seat, report });
  const newest = disks.reduce<ValidReport["membership"] | undefined>(
    (found, { report }) => (!found || report.membership.index > found.index ? report.membership : found),
    undefined,
  );
  if (!newest) return { valid: [], quorum: 1 };
  const voters = disks.filter(({ report }) => newest.voters.includes(report.member));
  const best = [...voters].sort(
    (a, b) => b.report.term - a.report.term || b.report.index - a.report.index || (a.seat < b.seat ? -1 : 1),
  )[0];
  const counted = { valid: voters.map(({ seat }) => seat), quorum: Math.floor(newest.voters.length / 2) + 1 };
  return best ? { ...counted, best } : counted;
}

export function hasQuorum({ valid, quorum }: Tally): boolean {
  return valid.length >= quorum;
}
