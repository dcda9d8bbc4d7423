import { statfs } from "node:fs/promises";
import { lookAtRoom } from "../../../agent/upkeep/disk-room";

jest.mock("node:fs/promises", () => ({ statfs: jest.fn() }));
const used = (percents: Readonly<Record<string, number>>) =>
  jest.mocked(statfs).mockImplementation((path) => {
    const percent = percents[String(path)];
    return percent === undefined
      ? Promise.reject(new Error("ENOENT"))
      : (Promise.resolve({ blocks: 1000, bavail: 1000 - 10 * percent }) as never);
  });
let said: jest.SpyInstance;

beforeEach(() => (said = jest.spyOn(process.stdout, "write").mockReturnValue(true)));
afterEach(() => jest.restoreAllMocks());

test("nobody is told of disks with room, nor of one that cannot be looked at", async () => {
  used({ "/": 85 });
  expect(await lookAtRoom({ seat: "/var/lib/etcd", root: "/" })).toBeUndefined();
  expect(said).not.toHaveBeenCalled();
});

test("what to do with a full disk is said, and said again only when it gets worse", async () => {
  const disks = { seat: "/var/lib/etcd", root: "/" };
  used({ "/": 91, "/var/lib/etcd": 20 });
  expect(await lookAtRoom(disks)).toBe("the root disk is 90 % full: make room on it");
  used({ "/": 94, "/var/lib/etcd": 20 });
  await lookAtRoom(disks);
  expect(said).toHaveBeenCalledTimes(1);
  used({ "/": 94, "/var/lib/etcd": 100 });
  expect(await lookAtRoom(disks)).toBe("the seat disk is 100 % full: make room on it; the root disk is 90 % full: make room on it");
  expect(said).toHaveBeenCalledTimes(2);
});
