import { execFileSync, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cloud, SeatVolume as Attachment } from "../../../agent/cloud/cloud";
import { mountOn } from "../../../agent/volume/mount";
import { SeatVolume } from "../../../agent/volume/seat-volume";

/** Why this machine cannot mount: loop devices are root's, and not in every container. */
const obstacle = (() => {
  if (process.getuid?.() !== 0) return "not root";
  const found = spawnSync("losetup", ["--find"], { encoding: "utf8" });
  return found.status === 0 ? undefined : `no loop device: ${found.error?.message ?? found.stderr.trim()}`;
})();
if (obstacle !== undefined) process.stderr.write(`skipped, volumes that are mounted: ${obstacle}\n`);

(obstacle === undefined ? describe : describe.skip)("the volume of a seat", () => {
  const folder = mkdtempSync(join(tmpdir(), "coppice-"));
  const point = join(folder, "etcd");
  const image = join(folder, "image");
  let device = "";
  let attachment: Attachment = { kind: "absent", reason: "none" };
  const cloud = { seatVolume: () => Promise.resolve(attachment) } as unknown as Cloud;
  const volume = new SeatVolume(cloud, "etcd-0", point);

  beforeEach(() => {
    writeFileSync(image, "");
    truncateSync(image, 64 * 2 ** 20);
    device = execFileSync("losetup", ["--find", "--show", image], { encoding: "utf8" }).trim();
    attachment = { kind: "attached", device };
  });

  afterEach(async () => {
    if (await mountOn(point)) execFileSync("umount", [point]);
    execFileSync("losetup", ["--detach", device]);
    rmSync(image);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    { kind: "waiting", reason: "in use by i-0" },
    { kind: "absent", reason: "there is none" },
  ] as const)("is missing while it is $kind", async (seen) => {
    attachment = seen;
    expect(await volume.look()).toEqual({ kind: "missing", reason: seen.reason });
  });

  it("is missing while its device is not there yet", async () => {
    attachment = { kind: "attached", device: "/dev/no-such-device" };
    expect(await volume.look()).toMatchObject({ kind: "missing", reason: expect.stringContaining("ENOENT") as unknown });
  });

  it("gets a file system when it is blank, once, and is mounted from then on", async () => {
    expect(await volume.look()).toEqual({ kind: "blank" });
    expect(existsSync(point)).toBe(false);
    await volume.makeFileSystem();
    expect(await volume.look()).toEqual({ kind: "mounted" });
    const [mounted] = readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .filter((line) => line.includes(` ${point} `));
    expect(mounted).toMatch(/nosuid,nodev,noexec,noatime .* ext4 /);
    writeFileSync(join(point, "marker.json"), "{}");
    await volume.letGo();
    expect(existsSync(join(point, "marker.json"))).toBe(false);
    await expect(volume.makeFileSystem()).rejects.toThrow("is not blank any more");
    expect(await volume.look()).toEqual({ kind: "mounted" });
    expect(existsSync(join(point, "marker.json"))).toBe(true);
  });

  it("is filled by its file system when it was made larger, before it is mounted again", async () => {
    await volume.makeFileSystem();
    writeFileSync(join(point, "marker.json"), "{}");
    const before = statfsSync(point).blocks;
    await volume.letGo();
    truncateSync(image, 256 * 2 ** 20);
    execFileSync("losetup", ["--set-capacity", device]);
    expect(await volume.look()).toEqual({ kind: "mounted" });
    expect(statfsSync(point).blocks).toBeGreaterThan(3.5 * before);
    expect(existsSync(join(point, "marker.json"))).toBe(true);
  });

  it("is foreign with the file system of another seat, and stays as it is", async () => {
    execFileSync("mkfs.ext4", ["-q", "-L", "coppice-etcd-1", device]);
    expect(await volume.look()).toEqual({ kind: "foreign", reason: "it holds ext4 named coppice-etcd-1" });
    await expect(volume.makeFileSystem()).rejects.toThrow("is not blank any more");
    expect(await mountOn(point)).toBeUndefined();
  });

  it("is mounted after a machine that died with it, by way of its journal", async () => {
    await volume.makeFileSystem();
    writeFileSync(join(point, "marker.json"), "{}");
    await volume.letGo();
    execFileSync("debugfs", ["-w", "-R", "set_super_value state 0", device], { stdio: "ignore" });
    expect(await volume.look()).toEqual({ kind: "mounted" });
    expect(existsSync(join(point, "marker.json"))).toBe(true);
  });

  it("is missing, with the reason, when its file system cannot be repaired by itself", async () => {
    await volume.makeFileSystem();
    for (let place = 0; place < 50; place++) mkdirSync(join(point, `folder-${place}`));
    await volume.letGo();
    execFileSync("debugfs", ["-w", "-R", "set_super_value state 0", device], { stdio: "ignore" });
    // Where the tables of inodes are, by the file system's own word.
    const table = Number(
      /Inode table at (\d+)/.exec(execFileSync("dumpe2fs", [device], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }))?.[1],
    );
    const block = Number(
      /Block size:\s+(\d+)/.exec(execFileSync("dumpe2fs", ["-h", device], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }))?.[1],
    );
    const file = openSync(device, "r+");
    writeSync(file, Buffer.alloc(8 * block, 0x5a), 0, 8 * block, table * block);
    closeSync(file);
    expect(await volume.look()).toMatchObject({
      kind: "missing",
      reason: expect.stringMatching(/^its file system cannot be repaired by itself: ./) as unknown,
    });
    expect(await mountOn(point)).toBeUndefined();
  });

  it("has failed when the kernel writes nothing to it any more, and is mounted again after it was let go of", async () => {
    await volume.makeFileSystem();
    execFileSync("mount", ["-o", "remount,ro", point]);
    expect(await volume.look()).toMatchObject({ kind: "failed" });
    await volume.letGo();
    expect(await volume.look()).toEqual({ kind: "mounted" });
  });
});
