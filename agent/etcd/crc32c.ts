/** Castagnoli's polynomial, bits reversed; Node brings only the other CRC-32. */
const polynomial = 0x82f63b78;

/** For eight bytes at a step: table n advances a byte over n further zero bytes. */
const tables = makeTables();

/** Goes on from `crc`, as Go's `crc32.Update` does. */
export function crc32c(bytes: Buffer, crc = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  let sum = ~crc;
  let at = 0;
  for (const end = bytes.length - 7; at < end; at += 8) {
    sum ^= byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24);
    sum =
      of(t7, sum & 0xff) ^
      of(t6, (sum >>> 8) & 0xff) ^
      of(t5, (sum >>> 16) & 0xff) ^
      of(t4, sum >>> 24) ^
      of(t3, byte(bytes, at + 4)) ^
      of(t2, byte(bytes, at + 5)) ^
      of(t1, byte(bytes, at + 6)) ^
      of(t0, byte(bytes, at + 7));
  }
  for (; at < bytes.length; at++) sum = of(t0, (sum ^ byte(bytes, at)) & 0xff) ^ (sum >>> 8);
  return ~sum >>> 0;
}

type Table = Int32Array;
type Tables = readonly [Table, Table, Table, Table, Table, Table, Table, Table];

function makeTables(): Tables {
  const first = Int32Array.from({ length: 256 }, (_, index) => {
    let sum = index;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1;
    return sum;
  });
  const further = (before: Table): Table => Int32Array.from(before, (sum) => of(first, sum & 0xff) ^ (sum >>> 8));
  const all: Table[] = [first];
  while (all.length < 8) all.push(further(all[all.length - 1] as Table));
  return all as unknown as Tables;
}

function of(table: Table, index: number): number {
  return table[index] as number;
}

function byte(bytes: Buffer, at: number): number {
  return bytes[at] as number;
}
