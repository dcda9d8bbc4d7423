import { encodeBytes, encodeNumbers } from "../../../agent/etcd/protobuf";
import { RaftLog, recordType } from "../../../agent/etcd/raft-log";

const [own, second, third] = [0xan, 0xbn, 0xcn];
const add = 0n;
const remove = 1n;
const learner = 3n;

/** A log whose records are written here as etcd writes them. */
class Written {
  readonly log = new RaftLog();

  constructor() {
    this.log.take(recordType.metadata, encodeNumbers({ 1: own, 2: 0xffn }));
  }

  entry(index: number, term = 1): this {
    this.log.take(recordType.entry, encodeNumbers({ 1: 0n, 2: BigInt(term), 3: BigInt(index) }));
    return this;
  }

  change(index: number, type: bigint, member: bigint, term = 1): this {
    const change = encodeNumbers({ 1: 0n, 2: type, 3: member });
    const entry = Buffer.concat([encodeNumbers({ 1: 1n, 2: BigInt(term), 3: BigInt(index) }), encodeBytes(4, change)]);
    this.log.take(recordType.entry, entry);
    return this;
  }

  commit(index: number, term = 1): this {
    this.log.take(recordType.state, encodeNumbers({ 1: BigInt(term), 2: own, 3: BigInt(index) }));
    return this;
  }

  snapshot(index: number, term: number, ...voters: bigint[]): this {
    const members = Buffer.concat(voters.map((voter) => encodeNumbers({ 1: voter })));
    this.log.take(recordType.snapshot, Buffer.concat([encodeNumbers({ 1: BigInt(index), 2: BigInt(term) }), encodeBytes(3, members)]));
    return this;
  }

  get membership() {
    return this.log.standing(0)?.membership;
  }
}

const three = () => new Written().change(1, add, own).change(2, add, second).change(3, add, third).commit(3);

describe("a raft log", () => {
  it("knows its first members as soon as they are committed", () => {
    expect(new Written().change(1, add, own).membership).toEqual({ index: 0, voters: [] });
    expect(three().membership).toEqual({ index: 3, voters: ["a", "b", "c"] });
    expect(three().log.standing(0)).toMatchObject({ member: "a", clusterId: "ff", index: 3, term: 1 });
  });

  it("counts a learner as no voter, until its promotion is committed", () => {
    const log = three().change(4, learner, 0xdn).commit(4).change(5, add, 0xdn);
    expect(log.membership).toEqual({ index: 4, voters: ["a", "b", "c"] });
    expect(log.log.standing(5)?.membership).toEqual({ index: 5, voters: ["a", "b", "c", "d"] });
  });

  it("never takes a removed member back, whatever was asked for it meanwhile", () => {
    const log = three().change(4, remove, third).change(5, add, third).commit(5);
    expect(log.membership?.voters).toEqual(["a", "b"]);
  });

  it("forgets entries that a new leader wrote over", () => {
    const log = three().entry(4).change(5, remove, second).entry(4, 2).entry(5, 2).commit(5, 2);
    expect(log.membership).toEqual({ index: 3, voters: ["a", "b", "c"] });
    expect(log.log.standing(0)).toMatchObject({ index: 5, term: 2 });
    const shorter = three().entry(4).entry(5).entry(6).entry(4, 2).commit(3, 2);
    expect(shorter.log.standing(0)).toMatchObject({ index: 4, term: 2 });
  });

  it("goes on from a snapshot that the leader sent, and not from one that came only half", () => {
    const sent = three().snapshot(50, 4, own, second);
    expect(sent.log.standing(0)).toMatchObject({ index: 3, term: 1, membership: { index: 3 } });
    expect(sent.log.holds({ index: 50, term: 4 })).toBe(false);
    sent.commit(50, 4).entry(51, 4);
    expect(sent.log.standing(0)).toMatchObject({ index: 51, term: 4, membership: { index: 50, voters: ["a", "b"] } });
    expect(sent.log.holds({ index: 50, term: 4 })).toBe(true);
    expect(sent.log.holds({ index: 50, term: 3 })).toBe(false);
    const again = three().snapshot(50, 4, own, second).entry(4, 2).commit(4, 2);
    expect(again.log.standing(0)).toMatchObject({ index: 4, term: 2, membership: { index: 3, voters: ["a", "b", "c"] } });
  });

  it("refuses what etcd never writes", () => {
    expect(() => three().entry(5)).toThrow("entry 5 follows on 3");
    expect(() => three().log.take(recordType.metadata, encodeNumbers({ 1: second, 2: 0xffn }))).toThrow("the log is of member a and of b");
    expect(() => three().log.take(9, Buffer.alloc(0))).toThrow("no record of type 9");
    expect(() => three().log.take(recordType.entry, Buffer.from([0x80]))).toThrow("a number does not end");
    expect(() => three().log.take(recordType.entry, encodeNumbers({ 1: 2n, 2: 1n, 3: 4n }))).toThrow("no entry of type 2");
  });

  it("can be committed to its end, but not beyond its own member's leaving", () => {
    expect(three().entry(4).entry(5).log.allCommitted).toEqual({ term: 1n, vote: own, commit: 5n });
    expect(three().entry(4).change(5, remove, own).entry(6).log.allCommitted.commit).toBe(4n);
    expect(three().entry(4).change(5, remove, second).entry(6).log.allCommitted.commit).toBe(6n);
  });
});
