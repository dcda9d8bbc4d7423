import { Address4 } from "ip-address";

/** An IPv4 block in its canonical form, `10.0.0.0/16`: no host bits set. */
export type Cidr = string;

interface Block {
  readonly first: number;
  readonly size: number;
  readonly prefix: number;
}

/** The rule that a text breaks as a block, or nothing; `canonical` is set where only host bits are in the way. */
export function cidrProblem(text: string): { readonly rule: string; readonly canonical?: Cidr } | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})(?:\/(\d{1,2}))?$/.exec(text);
  if (!match || !Address4.isValid(match[1] ?? "")) return { rule: "is an IPv4 block such as 10.0.0.0/16" };
  if (match[2] === undefined) return { rule: "has a mask", canonical: `${match[1]}/32` };
  if (Number(match[2]) > 32) return { rule: "has a mask of at most 32" };
  const canonical = canonicalCidr(text);
  return canonical === text ? undefined : { rule: "has no host bits set", canonical };
}

function canonicalCidr(text: string): Cidr {
  const address = new Address4(text);
  return `${address.startAddress().correctForm()}/${address.subnetMask}`;
}

export function prefixOf(cidr: Cidr): number {
  return block(cidr).prefix;
}

export function sizeOf(cidr: Cidr): number {
  return block(cidr).size;
}

export function overlap(a: Cidr, b: Cidr): boolean {
  const [x, y] = [block(a), block(b)];
  return x.first < y.first + y.size && y.first < x.first + x.size;
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  const [x, y] = [block(outer), block(inner)];
  return x.first <= y.first && y.first + y.size <= x.first + x.size;
}

/** Whether an address, `10.0.0.5`, lies in the block. */
export function holds(cidr: Cidr, address: string): boolean {
  return contains(cidr, `${address}/32`);
}

/**
 * The `index`th part of a block that is cut into parts of `2^(32 - prefix)` addresses.
 * @throws RangeError when the block has no such part
 */
export function part(cidr: Cidr, prefix: number, index: number): Cidr {
  const whole = block(cidr);
  const size = 2 ** (32 - prefix);
  const first = whole.first + index * size;
  if (prefix < whole.prefix || index < 0 || first + size > whole.first + whole.size) {
    throw new RangeError(`${cidr} has no part ${index} of length /${prefix}`);
  }
  return `${address(first)}/${prefix}`;
}

/** The block of a shorter mask that the block lies in. */
export function widened(cidr: Cidr, prefix: number): Cidr {
  return canonicalCidr(`${cidr.split("/")[0]}/${prefix}`);
}

/** The index of the first part of `cidr` behind another block; it may be one that `cidr` does not have. */
export function partBehind(cidr: Cidr, prefix: number, other: Cidr): number {
  const [whole, before] = [block(cidr), block(other)];
  return Math.max(0, Math.ceil((before.first + before.size - whole.first) / 2 ** (32 - prefix)));
}

/**
 * The `index`th address of a block, counted from its first: `hostOf("10.0.0.0/24", 10)` is `10.0.0.10`.
 * @throws RangeError when the block is smaller
 */
export function hostOf(cidr: Cidr, index: number): string {
  const whole = block(cidr);
  if (index < 0 || index >= whole.size) throw new RangeError(`${cidr} has no address ${index}`);
  return address(whole.first + index);
}

function block(cidr: Cidr): Block {
  const [text = "", mask = "32"] = cidr.split("/");
  const prefix = Number(mask);
  return { first: Number(new Address4(text).bigInt()), size: 2 ** (32 - prefix), prefix };
}

function address(value: number): string {
  return Address4.fromBigInt(BigInt(value)).correctForm();
}
