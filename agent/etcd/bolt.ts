import type { FileHandle } from "node:fs/promises";

/** A database that is none, or not whole. */
export class NoDatabase extends Error {}

const magic = 0xed0cdaed;
const version = 2;
const pageHeader = 16;
const elementBytes = 16;
const bucketHeader = 16;
const flag = { branch: 1, leaf: 2 } as const;
/** Of a value in a leaf: it is a bucket. */
const isBucket = 1;
/** Bytes of a meta page before its sum. */
const summed = 56;
const pageSizes = [4096, 8192, 16384, 32768, 65536];

/** A bucket that stands in a page, or within the value that names it. */
interface Bucket {
  readonly offset: number;
}

interface Element {
  readonly key: Buffer;
  readonly flags: number;
  readonly valueAt: number;
  readonly valueBytes: number;
}

/**
 * A bbolt file, read page by page, as far as it takes to find a key: https://github.com/etcd-io/bbolt writes a page anew
 * rather than over itself, so what one of the two meta pages names stays whole while the next transaction is written, and
 * for little longer.
 */
export class Bolt {
  private constructor(
    private readonly file: FileHandle,
    private readonly pageSize: number,
    private readonly root: Bucket,
    /** Grows with every transaction. */
    readonly transaction: bigint,
  ) {}

  /** @throws NoDatabase */
  static async open(file: FileHandle): Promise<Bolt> {
    const metas = await readMetas(file);
    const newest = metas.sort((a, b) => (a.transaction < b.transaction ? 1 : -1))[0];
    if (!newest) throw new NoDatabase("neither of its meta pages is whole");
    return new Bolt(file, newest.pageSize, { offset: Number(newest.root) * newest.pageSize }, newest.transaction);
  }

  /** Undefined when there is no such bucket. */
  async bucket(name: string): Promise<Bucket | undefined> {
    const found = await this.find(this.root, Buffer.from(name));
    if (!found) return undefined;
    if ((found.flags & isBucket) === 0) throw new NoDatabase(`${name} is no bucket`);
    const page = (await this.bytes(found.valueAt, bucketHeader)).readBigUInt64LE(0);
    return { offset: page === 0n ? found.valueAt + bucketHeader : Number(page) * this.pageSize };
  }

  async get(bucket: Bucket, key: string): Promise<Buffer | undefined> {
    const found = await this.find(bucket, Buffer.from(key));
    return found && this.bytes(found.valueAt, found.valueBytes);
  }

  /** Undefined for an empty bucket. */
  async lastKey(bucket: Bucket): Promise<Buffer | undefined> {
    let { offset } = bucket;
    for (let depth = 0; depth < maxDepth; depth++) {
      const page = await this.page(offset);
      if (page.isLeaf) return page.count === 0 ? undefined : (await this.leaf(page, page.count - 1)).key;
      offset = await this.child(page, page.count - 1);
    }
    throw new NoDatabase("its tree does not end");
  }

  private async find({ offset }: Bucket, key: Buffer): Promise<Element | undefined> {
    let at = offset;
    for (let depth = 0; depth < maxDepth; depth++) {
      const page = await this.page(at);
      if (page.isLeaf) {
        const place = await lastAtMost(page.count, async (index) => (await this.leaf(page, index)).key.compare(key) <= 0);
        const found = place < 0 ? undefined : await this.leaf(page, place);
        return found?.key.equals(key) ? found : undefined;
      }
      const place = await lastAtMost(page.count, async (index) => (await this.branchKey(page, index)).compare(key) <= 0);
      at = await this.child(page, Math.max(0, place));
    }
    throw new NoDatabase("its tree does not end");
  }

  private async page(offset: number): Promise<Page> {
    const header = await this.bytes(offset, pageHeader);
    const flags = header.readUInt16LE(8);
    if (flags !== flag.leaf && flags !== flag.branch) throw new NoDatabase(`the page at ${offset} is no page of a tree`);
    return { offset, isLeaf: flags === flag.leaf, count: header.readUInt16LE(10) };
  }

  private async leaf({ offset }: Page, index: number): Promise<Element> {
    const at = offset + pageHeader + index * elementBytes;
    const element = await this.bytes(at, elementBytes);
    const [flags, position, keyBytes, valueBytes] = [0, 4, 8, 12].map((place) => element.readUInt32LE(place)) as [
      number,
      number,
      number,
      number,
    ];
    return { flags, key: await this.bytes(at + position, keyBytes), valueAt: at + position + keyBytes, valueBytes };
  }

  private async branchKey({ offset }: Page, index: number): Promise<Buffer> {
    const at = offset + pageHeader + index * elementBytes;
    const element = await this.bytes(at, elementBytes);
    return this.bytes(at + element.readUInt32LE(0), element.readUInt32LE(4));
  }

  private async child({ offset, count }: Page, index: number): Promise<number> {
    if (count === 0) throw new NoDatabase(`the page at ${offset} has no children`);
    const element = await this.bytes(offset + pageHeader + index * elementBytes, elementBytes);
    return Number(element.readBigUInt64LE(8)) * this.pageSize;
  }

  private async bytes(offset: number, length: number): Promise<Buffer> {
    if (length > largestRead) throw new NoDatabase(`something at ${offset} has ${length} bytes`);
    const { bytesRead, buffer } = await this.file.read(Buffer.alloc(length), 0, length, offset);
    if (bytesRead < length) throw new NoDatabase(`it ends before ${offset + length}`);
    return buffer;
  }
}

interface Page {
  readonly offset: number;
  readonly isLeaf: boolean;
  readonly count: number;
}

/** Keys and values that are read here are small; more is garbage. */
const largestRead = 2 ** 20;
const maxDepth = 32;

interface Meta {
  readonly pageSize: number;
  readonly root: bigint;
  readonly transaction: bigint;
}

// The second one lies a page further on, and only the first says how long a page is, if it is whole.
async function readMetas(file: FileHandle): Promise<Meta[]> {
  const first = await readMeta(file, 0);
  const sizes = first ? [first.pageSize] : pageSizes;
  for (const size of sizes) {
    const second = await readMeta(file, size);
    if (second?.pageSize === size) return first ? [first, second] : [second];
  }
  return first ? [first] : [];
}

async function readMeta(file: FileHandle, offset: number): Promise<Meta | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(pageHeader + summed + 8), 0, pageHeader + summed + 8, offset);
  if (bytesRead < buffer.length) return undefined;
  const meta = buffer.subarray(pageHeader);
  if (meta.readUInt32LE(0) !== magic || meta.readUInt32LE(4) !== version) return undefined;
  if (fnv64a(meta.subarray(0, summed)) !== meta.readBigUInt64LE(summed)) return undefined;
  return { pageSize: meta.readUInt32LE(8), root: meta.readBigUInt64LE(16), transaction: meta.readBigUInt64LE(48) };
}

/** http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv64a(bytes: Buffer): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

/** The last of `count` places, in ascending order, of which `holds` is true; -1 when it is true of none. */
async function lastAtMost(count: number, holds: (index: number) => Promise<boolean>): Promise<number> {
  let [low, high] = [-1, count - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (await holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
