import fc from "fast-check";
import { cidrProblem, contains, holds, hostOf, overlap, part, partBehind, prefixOf, sizeOf, widened } from "../../constructs/spec/cidr";
import { blockIn } from "./arbitrary";

const block = blockIn("0.0.0.0/0", 1, 32);
const runs = { numRuns: 1000 };

it.each([
  ["10.0.0.0/16", undefined, undefined],
  ["10.0.0.1", "has a mask", "10.0.0.1/32"],
  ["10.0.0.0/33", "has a mask of at most 32", undefined],
  ["10.0.1.0/16", "has no host bits set", "10.0.0.0/16"],
  ["10.0.0/16", "is an IPv4 block such as 10.0.0.0/16", undefined],
  ["10.0.0.256/32", "is an IPv4 block such as 10.0.0.0/16", undefined],
  ["fd00::/8", "is an IPv4 block such as 10.0.0.0/16", undefined],
])("reads %s", (text, rule, canonical) => {
  expect(cidrProblem(text)?.rule).toBe(rule);
  expect(cidrProblem(text)?.canonical).toBe(canonical);
});

it("finds no problem with a canonical block", () => {
  fc.assert(
    fc.property(block, (one) => {
      expect(cidrProblem(one)).toBeUndefined();
    }),
    runs,
  );
});

it("cuts parts that lie inside, do not overlap and fill the whole", () => {
  fc.assert(
    fc.property(blockIn("0.0.0.0/0", 1, 28), fc.integer({ min: 0, max: 4 }), (whole, bits) => {
      const prefix = prefixOf(whole) + bits;
      const parts = Array.from({ length: 2 ** bits }, (_, index) => part(whole, prefix, index));
      expect(parts.every((one) => contains(whole, one))).toBe(true);
      expect(parts.every((one, index) => parts.slice(0, index).every((earlier) => !overlap(earlier, one)))).toBe(true);
      expect(parts.reduce((sum, one) => sum + sizeOf(one), 0)).toBe(sizeOf(whole));
      expect(() => part(whole, prefix, parts.length)).toThrow(RangeError);
    }),
    runs,
  );
});

it("overlaps both ways or not at all: one lies in the other", () => {
  fc.assert(
    fc.property(block, block, (a, b) => {
      expect(overlap(a, b)).toBe(overlap(b, a));
      expect(overlap(a, b)).toBe(contains(a, b) || contains(b, a));
      expect(overlap(a, a)).toBe(true);
    }),
    runs,
  );
});

it("counts the addresses of a block from its first", () => {
  fc.assert(
    fc.property(blockIn("0.0.0.0/0", 8, 32), fc.nat(), (one, index) => {
      const address = hostOf(one, index % sizeOf(one));
      expect(holds(one, address)).toBe(true);
      expect(() => hostOf(one, sizeOf(one))).toThrow(RangeError);
    }),
    runs,
  );
  expect(hostOf("10.0.0.0/24", 10)).toBe("10.0.0.10");
});

it("widens to the block around", () => {
  fc.assert(
    fc.property(block, fc.integer({ min: 0, max: 32 }), (one, shorter) => {
      const prefix = Math.max(0, prefixOf(one) - shorter);
      expect(prefixOf(widened(one, prefix))).toBe(prefix);
      expect(contains(widened(one, prefix), one)).toBe(true);
    }),
    runs,
  );
});

it("finds the first part behind another block", () => {
  fc.assert(
    fc.property(blockIn("10.0.0.0/8", 9, 28), (taken) => {
      const index = partBehind("10.0.0.0/8", 16, taken);
      const behind = (at: number): boolean => !overlap(part("10.0.0.0/8", 16, at), taken);
      if (index < 256) expect(behind(index)).toBe(true);
      expect(index === 0 || !behind(index - 1)).toBe(true);
    }),
    runs,
  );
});
