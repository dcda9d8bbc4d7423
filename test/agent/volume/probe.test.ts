import { execFileSync } from "node:child_process";
import { mkdtempSync, openSync, closeSync, rmSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isThere, mountOn } from "../../../agent/volume/mount";
import { probe } from "../../../agent/volume/probe";
import { findProgram } from "../../../terraform/find-program";

const wanted = ["blkid", "mkfs.ext4", "mkswap"];
const missing = wanted.filter((name) => findProgram([name], process.env) === undefined);
if (missing.length > 0) process.stderr.write(`skipped, what a device holds: no ${missing.join(", ")} on PATH\n`);

(missing.length > 0 ? describe.skip : describe)("what a device holds", () => {
  const folder = mkdtempSync(join(tmpdir(), "coppice-"));
  const size = 16 * 2 ** 20;
  let device = "";
  let made = 0;

  beforeEach(() => {
    device = join(folder, String(made++));
    writeFileSync(device, "");
    truncateSync(device, size);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const write = (offset: number, bytes: Buffer) => {
    const file = openSync(device, "r+");
    writeSync(file, bytes, 0, bytes.length, offset);
    closeSync(file);
  };

  it("is blank when there is nothing, at either end", async () => {
    expect(await probe(device)).toEqual({ kind: "blank" });
  });

  it.each([
    ["the first byte", 0],
    ["the first MiB", 2 ** 20 - 1],
    ["the last MiB", size - 2 ** 20],
    ["the last byte", size - 1],
  ])("is foreign with one byte in %s", async (_, offset) => {
    write(offset, Buffer.from([1]));
    expect(await probe(device)).toEqual({ kind: "foreign", what: "bytes that no program claims" });
  });

  it("is ext4 by its label, which says whose it is", async () => {
    execFileSync("mkfs.ext4", ["-q", "-L", "coppice-etcd-0", device]);
    expect(await probe(device)).toEqual({ kind: "ext4", label: "coppice-etcd-0" });
  });

  it("is foreign as ext4 without a label", async () => {
    execFileSync("mkfs.ext4", ["-q", device]);
    expect(await probe(device)).toEqual({ kind: "foreign", what: "ext4" });
  });

  it("is foreign when something else has made itself at home", async () => {
    execFileSync("mkswap", ["-L", "other", device], { stdio: "ignore" });
    expect(await probe(device)).toEqual({ kind: "foreign", what: "swap named other" });
  });

  it("is foreign with a table of partitions", async () => {
    write(510, Buffer.from([0x55, 0xaa]));
    write(446, Buffer.from([0, 0, 2, 0, 0x83, 0, 0, 0, 1, 0, 0, 0, 100, 0, 0, 0]));
    expect(await probe(device)).toMatchObject({ kind: "foreign" });
  });

  it("is not known where it cannot be read", async () => {
    expect(await probe(join(folder, "none"))).toMatchObject({ kind: "unreadable" });
    truncateSync(device, 0);
    expect(await probe(device)).toEqual({ kind: "unreadable", reason: `${device} has no bytes` });
  });
});

describe("what is mounted", () => {
  const folder = mkdtempSync(join(tmpdir(), "coppice-"));
  const list = join(folder, "mountinfo");
  const line = (point: string, options: string, own: string) => `36 35 259:1 / ${point} ${options} shared:1 - ext4 /dev/nvme1n1 ${own}\n`;
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ["nothing", line("/var/lib/etcd2", "rw", "rw"), undefined],
    ["a file system", line("/var/lib/etcd", "rw,noatime", "rw,errors=remount-ro"), { device: "259:1", readOnly: false }],
    [
      "one that the kernel stopped writing to",
      line("/var/lib/etcd", "rw,noatime", "ro,errors=remount-ro"),
      { device: "259:1", readOnly: true },
    ],
    ["one that a newer kernel stopped", line("/var/lib/etcd", "rw", "rw,emergency_ro"), { device: "259:1", readOnly: true }],
    ["one that somebody mounted so", line("/var/lib/etcd", "ro", "rw"), { device: "259:1", readOnly: true }],
  ])("%s", async (_, text, expected) => {
    writeFileSync(list, `21 1 8:1 / / rw - ext4 /dev/sda1 rw\n${text}`);
    expect(await mountOn("/var/lib/etcd", list)).toEqual(expected);
  });

  it("may be on a device that is gone", async () => {
    const mount = { device: "259:1", readOnly: false };
    expect(await isThere(mount, folder)).toBe(false);
    writeFileSync(join(folder, "259:1"), "");
    expect(await isThere(mount, folder)).toBe(true);
  });

  it("finds a folder with a space in its name, as the kernel writes it", async () => {
    writeFileSync(list, line("/var/lib/a\\040b", "rw", "rw"));
    expect(await mountOn("/var/lib/a b", list)).toEqual({ device: "259:1", readOnly: false });
  });
});
