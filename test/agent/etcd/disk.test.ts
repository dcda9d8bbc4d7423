import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Vote } from "../../../constructs/spec/store";
import { SeatDisk } from "../../../agent/etcd/disk";
import type { Marker } from "../../../agent/observation";
import { Place } from "../../../agent/pki/place";

const ids = () => Promise.resolve({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 });
const token = "0123456789abcdef0123456789abcdef";
const marker: Marker = { cluster: "orchard", seat: "etcd-0", disk: token, known: { number: 2, token }, joined: { number: 2, token } };
const vote: Vote = { round: 1, seat: "etcd-0", epoch: 2, report: { data: "empty" } };

describe("what a seat keeps on its volume", () => {
  let folder = "";
  let disk: SeatDisk;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "coppice-"));
    disk = new SeatDisk(folder, new Place("", ids));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is read as it was written", async () => {
    expect(await disk.marker()).toBeUndefined();
    await disk.writeMarker(marker);
    await disk.writeFence(vote);
    expect(await disk.marker()).toEqual(marker);
    expect(await disk.fence()).toEqual(vote);
    await disk.removeFence();
    await disk.removeFence();
    expect(await disk.fence()).toBeUndefined();
    expect(readdirSync(folder)).toEqual(["marker.json"]);
  });

  it.each(["", "{", "null", "[]", '{"cluster":"orchard"}', "\u0000".repeat(200), '{"round":"one"}'])("is garbage as %j", async (text) => {
    for (const name of ["marker.json", "fence.json", "epoch.json"]) writeFileSync(join(folder, name), text);
    expect([await disk.marker(), await disk.fence(), await disk.epoch()]).toEqual(["garbage", "garbage", "garbage"]);
  });

  it("is nobody's until it is marked, and somebody's once anything lies there", async () => {
    mkdirSync(join(folder, "lost+found"));
    // Of an agent that was killed before its first file was whole.
    writeFileSync(join(folder, ".marker.json.new"), "{");
    expect(await disk.hasContent()).toBe(false);
    writeFileSync(join(folder, "somebody's"), "");
    expect(await disk.hasContent()).toBe(true);
  });

  it("has one archive, the last", async () => {
    await disk.archive();
    expect(existsSync(disk.archived)).toBe(false);
    for (const number of ["1", "2"]) {
      mkdirSync(disk.data);
      writeFileSync(join(disk.data, "number"), number);
      await disk.archive();
      expect(existsSync(disk.data)).toBe(false);
      expect(readFileSync(join(disk.archived, "number"), "utf8")).toBe(number);
    }
    // What was archived is not lost for want of anything new.
    await disk.archive();
    expect(readFileSync(join(disk.archived, "number"), "utf8")).toBe("2");
  });

  it("loses what was begun and never ended, and nothing else", async () => {
    for (const name of ["restoring", "seeding", "data", "archive"]) mkdirSync(join(folder, name));
    await disk.tidy();
    expect(readdirSync(folder).sort()).toEqual(["archive", "data"]);
  });
});
