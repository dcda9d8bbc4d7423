import { open, readdir, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { crc32c } from "./crc32c";
import { Malformed, Message } from "./protobuf";
import { recordType, type RaftLog } from "./raft-log";

/** Data that etcd would not start on, or that contradict themselves. */
export class Corrupt extends Error {}

/** Where the next record will be read, in which file, with the running sum up to there. */
interface Position {
  readonly segment: string;
  readonly inode: number;
  readonly offset: number;
  readonly crc: number;
}

/**
 * Where reading stopped: at the end, or at something unfinished. etcd cuts that off and goes on; so is a write that a
 * power loss cut, but so may be damage.
 */
export type WalEnd = "clean" | "torn";

const lengthBytes = 8;
/** A write that was cut leaves whole sectors of zeros. */
const sector = 512;
const windowBytes = 2 ** 20;

/**
 * The write-ahead log of one member, read without its lock and record by record: files of 64 MB that begin with the sum of
 * the one before and end in zeros. Reading again goes on where it stopped, as a log is only ever appended to.
 */
export class Wal {
  private at: Position | undefined;

  constructor(
    private readonly folder: string,
    private readonly log: RaftLog,
  ) {}

  /**
   * @param from index of the snapshot that reading begins at; 0 is the beginning of all
   * @throws Corrupt
   */
  async read(from: number): Promise<WalEnd> {
    const segments = await segmentsOf(this.folder);
    const start = this.at ? segments.findIndex(({ name }) => name === this.at?.segment) : startAt(segments, from);
    if (start < 0) throw new Corrupt(this.at ? "the log lost the file that was read last" : `the log does not reach back to index ${from}`);
    if (!this.at) this.log.beginAt(segments[start]?.index ?? 0);
    let end: WalEnd = "clean";
    for (const [place, segment] of segments.entries()) {
      if (place < start) continue;
      const next = segments[place + 1];
      if (next && next.sequence !== segment.sequence + 1n) throw new Corrupt(`a file of the log is missing after ${segment.name}`);
      end = await this.readSegment(segment.name, next === undefined);
    }
    return end;
  }

  private async readSegment(name: string, isLast: boolean): Promise<WalEnd> {
    const file = await open(join(this.folder, name), "r");
    try {
      const { size, ino } = await file.stat();
      const known = this.at?.segment === name ? this.at : undefined;
      if (known && (known.inode !== ino || known.offset > size)) throw new Corrupt(`${name} is not the file that it was`);
      this.at = known ?? { segment: name, inode: ino, offset: 0, crc: this.at?.crc ?? 0 };
      return await this.readRecords(new Window(file), size, this.at, isLast);
    } finally {
      await file.close();
    }
  }

  private async readRecords(window: Window, size: number, from: Position, isLast: boolean): Promise<WalEnd> {
    let { offset, crc } = from;
    for (;;) {
      if (size - offset < lengthBytes) return "clean";
      const { record, padding } = lengthsOf(await window.at(offset, lengthBytes));
      if (record === 0) return isLast && (await window.hasContent(offset, size)) ? "torn" : "clean";
      const end = offset + lengthBytes + record + padding;
      if (end > size) return unfinished(isLast, `${from.segment} ends inside of a record`);
      const bytes = await window.at(offset + lengthBytes, record + padding);
      try {
        crc = this.take(new Message(bytes.subarray(0, record)), crc);
      } catch (reason) {
        if (!(reason instanceof Corrupt || reason instanceof Malformed)) throw reason;
        if (isLast && hasZeroSector(bytes, offset + lengthBytes)) return "torn";
        throw new Corrupt(`${from.segment} at ${offset}: ${reason.message}`);
      }
      offset = end;
      this.at = { ...from, offset, crc };
    }
  }

  private take(record: Message, crc: number): number {
    const type = record.number(1);
    const sum = record.number(2);
    const data = record.bytesOf(3) ?? Buffer.alloc(0);
    if (type === recordType.crc) {
      if (crc !== 0 && sum !== crc) throw new Corrupt("the file does not follow on the one before");
      return sum;
    }
    if (crc32c(data, crc) !== sum) throw new Corrupt("a record does not have its sum");
    this.log.take(type, data);
    return sum;
  }

  /** For one who appends: behind the last whole record. */
  get end(): { readonly segment: string; readonly offset: number; readonly crc: number } | undefined {
    return this.at;
  }
}

interface Segment {
  readonly name: string;
  readonly sequence: bigint;
  /** Of the first entry in it. */
  readonly index: number;
}

/** Files of the log in their order; none when there is no log. */
export async function segmentsOf(folder: string): Promise<readonly Segment[]> {
  const names = await readdir(folder).catch((reason: NodeJS.ErrnoException) => {
    if (reason.code === "ENOENT") return [];
    throw reason;
  });
  return names.sort().flatMap((name) => {
    const [, sequence, index] = /^([0-9a-f]{16})-([0-9a-f]{16})\.wal$/.exec(name) ?? [];
    return sequence && index ? [{ name, sequence: BigInt(`0x${sequence}`), index: parseInt(index, 16) }] : [];
  });
}

/** Tells a folder from another one of the same name. */
export async function identityOf(folder: string): Promise<string | undefined> {
  const found = await stat(folder).catch(() => undefined);
  return found && `${found.dev}:${found.ino}:${found.birthtimeMs}`;
}

// The last file that begins at the index or before.
function startAt(segments: readonly Segment[], from: number): number {
  return segments.reduce((found, { index }, place) => (index <= from ? place : found), -1);
}

function unfinished(isLast: boolean, what: string): "torn" {
  if (!isLast) throw new Corrupt(what);
  return "torn";
}

/** 56 bits of length, and in the last byte how many zeros fill the record up to a multiple of 8. */
function lengthsOf(word: Buffer): { readonly record: number; readonly padding: number } {
  const top = word.readUInt8(7);
  return { record: word.readUIntLE(0, 6) + word.readUInt8(6) * 2 ** 48, padding: top >= 0x80 ? top & 7 : 0 };
}

/** A record as it stands in the file. */
export function frame(record: Buffer): Buffer {
  const padding = (8 - (record.length % 8)) % 8;
  const word = Buffer.alloc(lengthBytes);
  word.writeUIntLE(record.length, 0, 6);
  if (padding > 0) word.writeUInt8(0x80 | padding, 7);
  return Buffer.concat([word, record, Buffer.alloc(padding)]);
}

function hasZeroSector(bytes: Buffer, offset: number): boolean {
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + sector - ((offset + at) % sector));
    if (bytes.subarray(at, end).every((byte) => byte === 0)) return true;
    at = end;
  }
  return false;
}

/** A file in pieces, so that none is ever in memory whole. */
class Window {
  private bytes = Buffer.alloc(0);
  private start = 0;

  constructor(private readonly file: FileHandle) {}

  /** Good until the next call. */
  async at(offset: number, length: number): Promise<Buffer> {
    if (offset < this.start || offset + length > this.start + this.bytes.length) {
      const buffer = Buffer.allocUnsafe(Math.max(windowBytes, length));
      const { bytesRead } = await this.file.read(buffer, 0, buffer.length, offset);
      this.bytes = buffer.subarray(0, bytesRead);
      this.start = offset;
    }
    return this.bytes.subarray(offset - this.start, offset - this.start + length);
  }

  /** Whether something follows that is not zero: as far as one record reaches, usually. */
  async hasContent(offset: number, size: number): Promise<boolean> {
    const bytes = await this.at(offset, Math.min(64 * 2 ** 10, size - offset));
    return !bytes.every((byte) => byte === 0);
  }
}
