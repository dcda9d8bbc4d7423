import { lasting, wanted, type Fault } from "../../../agent/machine/wants";

const rootDisk: Fault = { kind: "root-disk", reason: "EROFS" };
const failed = (quorumWithout: boolean): Fault => ({ kind: "failed-volume", reason: "no file system", quorumWithout });
/** What is asked for when every look of so many seconds has shown the same. */
const after = (seconds: number, fault: Fault | undefined) => wanted(lasting(undefined, fault, 0), seconds * 1000, 900);

it.each([
  ["nothing", after(9000, undefined), undefined],
  ["a volume that is gone", after(0, { kind: "no-volume", reason: "gone" }), { want: "volume", reason: "gone" }],
  ["a root disk that has just failed", after(899, rootDisk), undefined],
  ["one that stays so", after(900, rootDisk), { want: "machine", reason: "EROFS" }],
  ["a failed volume", after(900, failed(true)), { want: "volume", failed: true, reason: "no file system" }],
  ["a failed volume, without a quorum of the others", after(9000, failed(false)), undefined],
  ["a volume for the next machine", after(900, { kind: "volume-elsewhere", reason: "there" }), { want: "machine", reason: "there" }],
])("asks for what helps: %s", (_, asked, want) => {
  expect(asked).toEqual(want);
});

it("counts a fault from its first look on, and another one anew", () => {
  const first = lasting(undefined, rootDisk, 1000);
  expect(lasting(first, rootDisk, 9000)?.since).toBe(1000);
  expect(lasting(first, failed(true), 9000)?.since).toBe(9000);
  expect(lasting(first, undefined, 9000)).toBeUndefined();
});
