import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ran, run } from "../../lab/command";
import { devicesBelow, isFree, numbersOf, opened } from "../../lab/disk";
import type { Machine } from "../../lab/machine";
import { plug as aws } from "../../lab/aws/volumes";
import { Volumes } from "../../lab/volumes";

const usable = process.getuid?.() === 0 && run("losetup", ["--find"]).status === 0;
if (!usable) process.stderr.write("skipped, volumes of the lab: they need root and loop devices\n");
const suite = usable ? describe : describe.skip;

const zone = "eu-central-1a";
const planned = [{ seat: "etcd-0", zone, sizeGiB: 1, tags: { "coppice-seat": "etcd-0" } }];
const ok = { status: 0, stdout: "", stderr: "" };

suite("volumes of seats", () => {
  let folder: string;
  let volumes: Volumes;
  let machines: Map<string, Machine>;
  let said: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lab-volumes-"));
    said = [];
    machines = new Map(["i-0", "i-1"].map((id) => [id, machine(id)]));
    volumes = new Volumes(folder, planned, aws, (id) => machines.get(id));
  });
  afterEach(() => {
    devicesBelow(folder).forEach((device) => ran("losetup", ["--detach", device]));
    rmSync(folder, { recursive: true, force: true });
  });

  function machine(instance: string): Machine {
    const exec: Machine["exec"] = (...words) => {
      said.push(`${instance}: ${words.join(" ")}`);
      return Promise.resolve(ok);
    };
    return { instance, exec, plan: { name: instance, zone } } as unknown as Machine;
  }

  const attach = (instance: string) => volumes.attach({ volume: volumes.of("etcd-0").id, instance, device: "/dev/xvdf" });
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  test("a volume appears in the machine as EC2's virtual hardware shows it, and is nobody else's then", async () => {
    const { id, disk } = volumes.of("etcd-0");
    expect(id).toMatch(/^vol-[0-9a-f]{17}$/);
    expect(await attach("i-0")).toMatchObject({ kind: "done", attachment: { status: "attaching" } });
    await settled();
    expect(volumes.rows()).toMatchObject([{ id, state: "in-use", attachment: { instance: "i-0", status: "attached" } }]);
    const { major, minor } = numbersOf(disk);
    expect(said.join()).toContain(`mknod -m 660 /dev/nvme1n1 b ${major} ${minor}`);
    expect(said.join()).toContain(`ln -sfn ../../nvme1n1 /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${id.replace("-", "")}`);
    expect(await attach("i-1")).toMatchObject({ kind: "refused", code: "VolumeInUse" });
    expect(() => volumes.lose("etcd-0")).toThrow("kill it first");
  });

  test("what is mounted stays with its machine until it is free", async () => {
    await attach("i-0");
    const { id, disk } = volumes.of("etcd-0");
    ran("mkfs.ext4", ["-q", disk.device]);
    let released = false;
    await opened(disk, async () => {
      expect(isFree(disk)).toBe(false);
      expect(await volumes.detach({ volume: id, instance: "i-0", device: "" })).toMatchObject({ attachment: { status: "busy" } });
      void volumes.release("i-0").then(() => (released = true));
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(released).toBe(false);
    });
    await volumes.release("i-0");
    expect(volumes.rows()).toMatchObject([{ state: "available" }]);
    expect(await attach("i-1")).toMatchObject({ kind: "done" });
  });

  test("a lost disk is followed by a blank one with another id, and may come back", async () => {
    const before = volumes.of("etcd-0");
    ran("mkfs.ext4", ["-q", before.disk.device]);
    await opened(before.disk, (root) => writeFileSync(join(root, "data"), "old"));
    const lost = volumes.lose("etcd-0");
    const now = volumes.of("etcd-0");
    expect(now.id).not.toBe(before.id);
    expect(volumes.rows()).toMatchObject([{ id: now.id, state: "available", tags: { "coppice-seat": "etcd-0" } }]);
    expect(run("blkid", [now.disk.device]).stdout).toBe("");
    expect(await volumes.attach({ volume: before.id, instance: "i-0", device: "" })).toMatchObject({ code: "InvalidVolume.NotFound" });
    volumes.putBack(lost);
    expect(volumes.of("etcd-0").id).toBe(before.id);
    expect(await opened(volumes.of("etcd-0").disk, (root) => readFileSync(join(root, "data"), "utf8"))).toBe("old");
  });

  test("a machine that starts again sees its volume again", async () => {
    await attach("i-0");
    let tries = 0;
    const off = { status: null, stdout: "", stderr: "off" };
    const starting = { ...machine("i-0"), exec: () => Promise.resolve(++tries < 3 ? off : ok) };
    await volumes.plugInAgain(starting);
    expect(tries).toBe(3);
    await expect(volumes.plugInAgain({ ...starting, exec: () => Promise.resolve(off) }, 0.2)).rejects.toThrow("did not start again");
  });

  test("a machine that is gone, or in another zone, gets none", async () => {
    expect(await attach("i-9")).toMatchObject({ kind: "refused", code: "IncorrectState" });
    machines.set("i-2", { ...machine("i-2"), plan: { zone: "eu-central-1b" } } as unknown as Machine);
    expect(await attach("i-2")).toMatchObject({ kind: "refused", code: "InvalidVolume.ZoneMismatch" });
  });
});
