/** Bytes that are not the message that they should be. */
export class Malformed extends Error {}

/**
 * One message in the encoding of protocol buffers: as much of it as etcd's own files need. A field is looked for when it is
 * asked for; of one that stands there twice the last counts, and one that is absent is 0 or empty.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class Message {
  constructor(private readonly bytes: Buffer) {}

  /** A number of at most 53 bits: etcd's indexes and terms. */
  number(field: number): number {
    return Number(this.last(field));
  }

  /** A number of 64 bits as etcd prints its ids: hexadecimal. */
  id(field: number): string {
    return this.last(field).toString(16);
  }

  /** Of a repeated field. */
  ids(field: number): string[] {
    const found: string[] = [];
    this.scan(field, (value) => typeof value === "bigint" && found.push(value.toString(16)));
    return found;
  }

  bytesOf(field: number): Buffer | undefined {
    let found: Buffer | undefined;
    this.scan(field, (value) => {
      if (typeof value !== "bigint") found = value;
    });
    return found;
  }

  private last(field: number): bigint {
    let found = 0n;
    this.scan(field, (value) => {
      if (typeof value === "bigint") found = value;
    });
    return found;
  }

  private scan(field: number, take: (value: bigint | Buffer) => unknown): void {
    let at = 0;
    while (at < this.bytes.length) {
      const tag = this.varint(at);
      at = tag.end;
      const wanted = tag.low >>> 3 === field;
      switch (tag.low & 7) {
        case 0: {
          const value = this.varint(at);
          at = value.end;
          if (wanted) take((BigInt(value.high) << 32n) | BigInt(value.low >>> 0));
          break;
        }
        case 2: {
          const length = this.varint(at);
          at = length.end + length.low;
          if (length.high !== 0 || length.low < 0 || at > this.bytes.length) throw new Malformed("a field is longer than its message");
          if (wanted) take(this.bytes.subarray(length.end, at));
          break;
        }
        default:
          throw new Malformed(`no message of etcd has a field of wire type ${tag.low & 7}`);
      }
    }
  }

  /** In two halves, so that the many small ones cost no big integer. */
  private varint(start: number): { readonly low: number; readonly high: number; readonly end: number } {
    let low = 0;
    let high = 0;
    let at = start;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes[at++];
      if (byte === undefined) break;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) return { low, high: high >>> 0, end: at };
    }
    throw new Malformed("a number does not end");
  }
}

/** Fields of a message that is written: numbers, in the order of their fields. */
export function encodeNumbers(fields: Readonly<Record<number, bigint>>): Buffer {
  return Buffer.concat(Object.entries(fields).map(([field, value]) => Buffer.concat([varint(BigInt(field) << 3n), varint(value)])));
}

/** Appends a field of bytes to a message. */
export function encodeBytes(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint((BigInt(field) << 3n) | 2n), varint(BigInt(bytes.length)), bytes]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let left = value;
  do {
    const more = left > 0x7fn;
    bytes.push(Number(left & 0x7fn) | (more ? 0x80 : 0));
    left >>= 7n;
  } while (left > 0n);
  return Buffer.from(bytes);
}
