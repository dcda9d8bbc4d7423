import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import type { AttachCall, Attached, Attachment, VolumeRow } from "./cloud/messages";
import { freed, isFree, makeDisk, numbersOf, removeDisk, type Disk } from "./disk";
import type { Machine } from "./machine";
import type { PlannedVolume } from "./synthesized";

/** A volume of a seat: a disk, and how EC2 knows it. */
export interface Volume extends Pick<VolumeRow, "id" | "createdAt"> {
  readonly planned: PlannedVolume;
  readonly disk: Disk;
}

/** How a volume comes to a machine, and what it is there. */
export interface Plug {
  /** "call": a machine asks for it; "making": a machine begins with it. */
  readonly by: "call" | "making";
  /** The device. */
  readonly node: string;
  /** What udev would link, to where, in the order in which it comes. @param id of the volume */
  links(id: string): Readonly<Record<string, string>>;
}

/** The volumes of all seats, and which machine has which. */
export class Volumes {
  private readonly current = new Map<string, Volume>();
  private readonly attachments = new Map<string, Attachment>();
  private made = 0;

  /** @param machineOf the machine of an instance, as long as it runs */
  constructor(
    private readonly folder: string,
    planned: readonly PlannedVolume[],
    private readonly plug: Plug,
    private readonly machineOf: (instance: string) => Machine | undefined,
  ) {
    for (const one of planned) this.add(one);
  }

  /** A blank one, of a seat that has none yet. */
  add(planned: PlannedVolume): void {
    this.current.set(planned.seat, this.make(planned));
  }

  rows(): readonly VolumeRow[] {
    return [...this.current.values()].map(({ id, createdAt, planned: { zone, sizeGiB, tags } }) => {
      const attachment = this.attachments.get(id);
      return { id, createdAt, zone, sizeGiB, tags, state: attachment ? "in-use" : "available", ...(attachment && { attachment }) };
    });
  }

  /** @throws Error on a seat without one */
  of(seat: string): Volume {
    const volume = this.current.get(seat);
    if (!volume) throw new Error(`${seat} has no volume`);
    return volume;
  }

  async attach({ volume: id, instance, device }: AttachCall): Promise<Attached> {
    const [volume, machine] = [this.byId(id), this.machineOf(instance)];
    if (!volume) return refused("InvalidVolume.NotFound", `The volume '${id}' does not exist.`);
    if (!machine) return refused("IncorrectState", `Instance '${instance}' is not 'running'.`);
    if (this.attachments.has(id)) return refused("VolumeInUse", `${id} is already attached to an instance`);
    if (machine.plan.zone !== volume.planned.zone)
      return refused("InvalidVolume.ZoneMismatch", `The volume '${id}' is not in the same zone.`);
    const attachment: Attachment = { instance, device, status: "attaching", at: new Date().toISOString() };
    this.attachments.set(id, attachment);
    // As on EC2, the answer comes before the device does.
    void isPluggedIn(machine, volume, this.plug).then((done) =>
      this.became(id, attachment, done ? { ...attachment, status: "attached" } : undefined),
    );
    return { kind: "done", attachment };
  }

  async detach({ volume: id, instance }: AttachCall): Promise<Attached> {
    const [volume, attachment] = [this.byId(id), this.attachments.get(id)];
    if (!volume) return refused("InvalidVolume.NotFound", `The volume '${id}' does not exist.`);
    if (!attachment || (instance !== "" && attachment.instance !== instance)) {
      return refused("IncorrectState", `Volume '${id}' is in the 'available' state.`);
    }
    // One that is mounted stays until it is not, and is detached then by the next call.
    const machine = this.machineOf(attachment.instance);
    if (machine && !isFree(volume.disk)) return { kind: "done", attachment: { ...attachment, status: "busy" } };
    if (machine) await unplug(machine, volume, this.plug);
    this.attachments.delete(id);
    return { kind: "done", attachment: { ...attachment, status: "detaching" } };
  }

  /** What a machine had is available again, once the kernel has let go of it. */
  async release(instance: string): Promise<void> {
    for (const [id, attachment] of this.attachments) {
      if (attachment.instance !== instance) continue;
      const volume = this.byId(id);
      if (volume) await freed(volume.disk);
      this.attachments.delete(id);
    }
  }

  /** Gives a new machine the volume of its seat, where machines begin with it. */
  async give(machine: Machine): Promise<void> {
    const volume = this.current.get(machine.plan.group.name);
    if (this.plug.by !== "making" || !volume) return;
    const attachment = { instance: machine.instance, device: this.plug.node, status: "attached", at: new Date().toISOString() } as const;
    this.attachments.set(volume.id, attachment);
    await this.plugInAgain(machine);
  }

  /** A machine that starts again has lost its devices, and sees the same ones as soon as it can. */
  async plugInAgain(machine: Machine, seconds = 30): Promise<void> {
    for (const [id, { instance }] of this.attachments) {
      const volume = this.byId(id);
      if (instance !== machine.instance || !volume) continue;
      for (let tries = 0; !(await isPluggedIn(machine, volume, this.plug)) && this.machineOf(instance); tries++) {
        if (tries === seconds * 10) throw new Error(`${machine.plan.name} did not start again within ${seconds} s`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /**
   * The seat's volume is lost and a blank one is in its place, as when Terraform has made it; the machine that had it must be
   * gone. @returns the lost one, which `putBack` brings back
   */
  lose(seat: string): Volume {
    const lost = this.of(seat);
    if (this.attachments.has(lost.id)) throw new Error(`${seat}: a machine has the volume; kill it first`);
    this.current.set(seat, this.make(lost.planned));
    return lost;
  }

  /** A volume that was lost is the seat's again, as when somebody restores an old one; the seat's own is lost for good. */
  putBack(volume: Volume): void {
    const { seat } = volume.planned;
    const now = this.of(seat);
    if (this.attachments.has(now.id)) throw new Error(`${seat}: a machine has the volume; kill it first`);
    removeDisk(now.disk);
    this.current.set(seat, volume);
  }

  private make(planned: PlannedVolume): Volume {
    const id = `vol-${randomBytes(9).toString("hex").slice(0, 17)}`;
    const disk = makeDisk(join(this.folder, "disks"), `${planned.seat}-${this.made++}`, planned.sizeGiB);
    return { id, planned, disk, createdAt: new Date().toISOString() };
  }

  private byId(id: string): Volume | undefined {
    return [...this.current.values()].find((volume) => volume.id === id);
  }

  private became(id: string, before: Attachment, after: Attachment | undefined): void {
    if (this.attachments.get(id) !== before) return;
    if (after) this.attachments.set(id, after);
    else this.attachments.delete(id);
  }
}

function refused(code: string, message: string): Attached {
  return { kind: "refused", code, message };
}

/** Makes the device; false when the machine does not run. */
async function isPluggedIn(machine: Machine, { disk, id }: Volume, { node, links }: Plug): Promise<boolean> {
  const { major, minor } = numbersOf(disk);
  const linked = Object.entries(links(id)).map(([path, target]) => `mkdir -p ${dirname(path)} && ln -sfn ${target} ${path}`);
  const { status } = await machine.exec("sh", "-c", [`rm -f ${node} && mknod -m 660 ${node} b ${major} ${minor}`, ...linked].join(" && "));
  return status === 0;
}

async function unplug(machine: Machine, { id }: Volume, { node, links }: Plug): Promise<void> {
  await machine.exec("rm", "-f", node, ...Object.keys(links(id)));
}
