import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Data } from "../observation";
import { readBackend, type Backend } from "./backend";
import { NoDatabase } from "./bolt";
import { crc32c } from "./crc32c";
import { encodeBytes, encodeNumbers, Malformed } from "./protobuf";
import { RaftLog, recordType, type Standing } from "./raft-log";
import { isWhole, snapFilesIn } from "./snap";
import { Corrupt, frame, identityOf, segmentsOf, Wal, type WalEnd } from "./wal";

/** `incarnation.json` in the folder of the data: the epoch that they belong to, there before etcd is. */
export const incarnation = z.object({ number: z.int().min(1), token: z.string() });
export type Incarnation = z.output<typeof incarnation>;
export const incarnationFile = "incarnation.json";

/** Data, and what is wrong with them if something is. */
export interface DataSeen {
  readonly data: Data;
  readonly reason?: string;
}

const looksInVain = 3;
/** etcd's default of `--snapshot-count`, which seats leave as it is: it makes none before by itself. */
const firstOfItsOwn = 10_000;

/** A log with all that was read of it, kept from one look to the next. */
interface Reader {
  readonly identity: string | undefined;
  readonly wal: Wal;
  readonly log: RaftLog;
}

/**
 * What lies in the data folder of a member, read without etcd, without its tools and without a lock. While etcd runs, what
 * is half written is no damage: then the last whole look counts.
 */
export class DataFolder {
  private reader: Reader | undefined;
  /** What the last look came to, and of which log. */
  private whole: { readonly identity: string | undefined; readonly data: Data } | undefined;
  private inVain = 0;
  /** Early snapshots that were looked into. */
  private readonly true = new Set<string>();

  constructor(private readonly folder: string) {}

  async read(running: boolean): Promise<DataSeen> {
    try {
      const data = await this.look();
      this.whole = { identity: await identityOf(this.logFolder), data };
      this.inVain = 0;
      return { data };
    } catch (reason) {
      if (!(reason instanceof Corrupt || reason instanceof Malformed || reason instanceof NoDatabase)) throw reason;
      this.inVain += 1;
      // Reading goes on where it stopped, unless it does not get on.
      if (!running || this.inVain >= looksInVain) this.reader = undefined;
      if (!running) return { data: { state: "corrupt" }, reason: reason.message };
      const same = this.whole !== undefined && this.whole.identity === (await identityOf(this.logFolder));
      return { data: same && this.whole ? this.whole.data : { state: "empty" }, reason: reason.message };
    }
  }

  /**
   * On a copy that was read: one more record, by which the whole log counts as committed, as it would if the others had
   * elected this member. What a majority has acknowledged is in it, though this member may never have heard so.
   */
  async commitAll(): Promise<void> {
    const { wal, log } = this.reader ?? {};
    const end = wal?.end;
    if (!log || !end) throw new Error("no log was read");
    const { term, vote, commit } = log.allCommitted;
    const state = encodeNumbers({ 1: term, 2: vote, 3: commit });
    const sum = BigInt(crc32c(state, end.crc));
    const record = Buffer.concat([encodeNumbers({ 1: BigInt(recordType.state), 2: sum }), encodeBytes(3, state)]);
    const framed = frame(record);
    const file = await open(join(this.folder, "member/wal", end.segment), "r+");
    try {
      await file.truncate(end.offset);
      await file.write(framed, 0, framed.length, end.offset);
    } finally {
      await file.close();
    }
  }

  /**
   * Takes away snapshots of the members that are false. One that etcd was made to write while it took its log in again (by the
   * entry that names the version of the cluster, one of the first) names that early index, and has the members of later: at the
   * next start what changed in between is turned down, and members that were removed vote on (3.6.14; `applyConfChange`
   * validates against the snapshot). Without it, etcd begins where it began before. A running etcd does not miss the file.
   * What a restore or another member has brought is no such snapshot: the database holds what no log has.
   */
  async forgetSnapshots(): Promise<void> {
    const early = (await snapFilesIn(join(this.folder, "member/snap"))).filter(({ index }) => index < firstOfItsOwn);
    if (early.every(({ path }) => this.true.has(path))) return;
    const log = new RaftLog();
    try {
      if ((await segmentsOf(this.logFolder))[0]?.index === 0) await new Wal(this.logFolder, log).read(0);
    } catch (reason) {
      // Half written by an etcd that runs, or damaged: then this is not the look that matters.
      if (reason instanceof Corrupt || reason instanceof Malformed) return;
      throw reason;
    }
    for (const { path, index } of early) {
      const written = log.written(index);
      if (written === "late") await rm(path);
      if (written === "timely") this.true.add(path);
    }
  }

  private get logFolder(): string {
    return join(this.folder, "member/wal");
  }

  private async look(): Promise<Data> {
    const backend = await readBackend(join(this.folder, "member/snap/db"));
    if ((await segmentsOf(this.logFolder)).length === 0) {
      this.reader = undefined;
      // etcd makes the database before the log, and stays away from old ones no more than from new ones.
      if ((backend?.applied ?? 0) > 0) throw new Corrupt("there is a database with data, and no log");
      return { state: "empty" };
    }
    const { standing, commit, end } = await this.readLog(this.logFolder, backend?.applied ?? 0);
    if (!standing) throw new Corrupt("the log does not say whose it is");
    if (commit > standing.index) throw new Corrupt(`entries up to ${commit} are committed, and the log ends at ${standing.index}`);
    // A leader may take in what is not in its own log yet. Cut off, it would be entries that others were told are there.
    if (end === "torn" && backend && backend.applied > standing.index)
      throw new Corrupt(`the database is at entry ${backend.applied}, and the log is cut off at ${standing.index}`);
    if (!backend && standing.index > 0 && standing.membership.voters.length > 0) throw new Corrupt("there is a log, and no database");
    return valid(await this.incarnation(), standing, backend);
  }

  // As etcd does: from the newest snapshot that the log has as committed; from its beginning where there is none.
  private async readLog(folder: string, applied: number): Promise<{ standing: Standing | undefined; commit: number; end: WalEnd }> {
    const identity = await identityOf(folder);
    if (this.reader && this.reader.identity === identity) {
      const end = await this.reader.wal.read(0);
      return { standing: this.reader.log.standing(applied), commit: this.reader.log.commit, end };
    }
    for (const snapshot of [...(await snapFilesIn(join(this.folder, "member/snap"))), undefined]) {
      if (snapshot && !(await isWhole(snapshot))) continue;
      const log = new RaftLog();
      const wal = new Wal(folder, log);
      const end = await wal.read(snapshot?.index ?? 0);
      if (snapshot && !log.holds(snapshot)) continue;
      this.reader = { identity, wal, log };
      return { standing: log.standing(applied), commit: log.commit, end };
    }
    throw new Corrupt("there is no way into the log");
  }

  private async incarnation(): Promise<Incarnation> {
    const text = await readFile(join(this.folder, incarnationFile), "utf8").catch((reason: NodeJS.ErrnoException) => {
      if (reason.code === "ENOENT") return "";
      throw reason;
    });
    const parsed = incarnation.safeParse(jsonOf(text));
    if (!parsed.success) throw new Corrupt("nothing says which epoch the data belong to");
    return parsed.data;
  }
}

function valid({ number, token }: Incarnation, standing: Standing, backend: Backend | undefined): Data {
  const { member, clusterId, index, term, membership } = standing;
  return {
    state: "valid",
    epoch: number,
    token,
    clusterId,
    member,
    voter: membership.voters.includes(member),
    membership,
    term,
    index,
    // What the log holds beyond the database adds at most one revision an entry.
    revision: (backend?.revision ?? 0) + Math.max(0, index - (backend?.applied ?? 0)),
  };
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
