import { mkdir } from "node:fs/promises";
import type { Cloud } from "../cloud/cloud";
import { say } from "../log";
import { fill } from "./fill";
import { isThere, mountOn } from "./mount";
import { probe } from "./probe";
import { run } from "../run";
import type { Volume, VolumeSeen } from "./volume";

/** Of e2fsck: 1 says that it has repaired something; from 4 on, that it could not. */
const repaired = 1;

/** Whoever finds errors stops writing: half-written data are worse than a member that is down. */
const options = "noatime,nodev,nosuid,noexec,errors=remount-ro";

/** For the agent's own files, where etcd has filled all else. */
const reservedPercent = "1";

/** The volume that the cloud attaches to this seat, with one ext4 file system on all of it, named after the seat. */
export class SeatVolume implements Volume {
  private readonly label: string;

  constructor(
    private readonly cloud: Cloud,
    private readonly seat: string,
    readonly folder: string,
  ) {
    // ext4 takes 16 bytes: `coppice-etcd-0` has 14.
    this.label = `coppice-${seat}`;
  }

  async look(): Promise<VolumeSeen> {
    const mounted = await mountOn(this.folder);
    if (mounted) {
      if (!(await isThere(mounted))) return { kind: "failed", reason: `its device ${mounted.device} is gone` };
      return mounted.readOnly ? { kind: "failed", reason: "the kernel writes nothing to it any more" } : { kind: "mounted" };
    }
    const volume = await this.cloud.seatVolume(this.seat);
    if (volume.kind !== "attached") return { kind: "missing", reason: volume.reason };
    const content = await probe(volume.device);
    switch (content.kind) {
      case "unreadable":
        return { kind: "missing", reason: content.reason };
      case "blank":
        return content;
      case "foreign":
        return { kind: "foreign", reason: `it holds ${content.what}` };
      case "ext4":
        return content.label === this.label
          ? this.mount(volume.device)
          : { kind: "foreign", reason: `it holds ext4 named ${content.label}` };
    }
  }

  async makeFileSystem(): Promise<void> {
    const volume = await this.cloud.seatVolume(this.seat);
    const content = volume.kind === "attached" ? await probe(volume.device) : undefined;
    if (volume.kind !== "attached" || content?.kind !== "blank") throw new Error(`the volume of ${this.seat} is not blank any more`);
    const made = await run("mkfs.ext4", ["-q", "-L", this.label, "-m", reservedPercent, volume.device]);
    if (made.code !== 0) throw new Error(`no file system on the volume of ${this.seat}: ${made.said}`);
    const seen = await this.mount(volume.device);
    if (seen.kind !== "mounted") throw new Error(`the new file system of ${this.seat} cannot be mounted: ${seen.reason}`);
  }

  async letGo(): Promise<void> {
    const done = await run("umount", [this.folder]);
    // With the device gone, nothing else ends it.
    if (done.code !== 0) await run("umount", ["--lazy", this.folder]);
  }

  private async mount(device: string): Promise<Extract<VolumeSeen, { kind: "mounted" | "missing" }>> {
    const checked = await run("e2fsck", ["-p", device]);
    if (checked.code < 0 || checked.code > repaired)
      return { kind: "missing", reason: `its file system cannot be repaired by itself: ${checked.said || checked.out}` };
    const grown = await fill(device);
    if (grown !== undefined) say("a volume that was made larger", { seat: this.seat, ...grown });
    await mkdir(this.folder, { recursive: true, mode: 0o755 });
    const done = await run("mount", ["-t", "ext4", "-o", options, device, this.folder]);
    return done.code === 0 ? { kind: "mounted" } : { kind: "missing", reason: `its file system cannot be mounted: ${done.said}` };
  }
}
