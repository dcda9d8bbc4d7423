import { readdir, realpath } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { clusterTag, poolTag, seatTag } from "../../constructs/spec/tag-names";
import { waiting, type Cloud, type Instance, type Known, type SeatVolume, type Self } from "./cloud";
import { readGuestMachine, readUuid, type GuestMachine } from "./guestinfo";
import type { Vcenter } from "./vcenter";

/** Where the kernel links disks by their place: the root disk is the first of the first controller, a seat's volume the second. */
const disksByPlace = "/dev/disk/by-path";
const rootDisk = /^pci-.*-scsi-0:0:0:0$/;
const volume = /^pci-.*-scsi-0:0:1:0$/;

const listed = z.array(z.object({ vm: z.string(), name: z.string(), power_state: z.string() }));
const detail = z.object({ identity: z.object({ bios_uuid: z.string() }) });
const attachedTags = z.array(z.string());
const tagName = z.object({ name: z.string() });
const interfaces = z.array(z.object({ ip: z.object({ ip_addresses: z.array(z.object({ ip_address: z.string() })) }).optional() }));

/** What a machine itself knows, without anybody's word. */
export interface OwnWord {
  machine(): Promise<Known<GuestMachine>>;
  uuid(): Promise<Known<string>>;
  addresses(): ReturnType<typeof networkInterfaces>;
  readonly disks: string;
}

const ownWord: OwnWord = { machine: readGuestMachine, uuid: readUuid, addresses: networkInterfaces, disks: disksByPlace };

/** vSphere as a machine of a cluster sees it. It knows itself by guestinfo; only masters ask the vCenter, about others. */
export class Vsphere implements Cloud {
  readonly drainSeconds = 60;
  /** A machine that is off stays off: its request stands in the store until the reconcile run makes another one. */
  readonly goes = "on request";
  private known: Self | undefined;
  private readonly tagNames = new Map<string, string>();

  constructor(
    private readonly cluster: string,
    private readonly vcenter: Vcenter,
    private readonly own: OwnWord = ownWord,
  ) {}

  async self(): Promise<Known<Self>> {
    if (this.known) return { kind: "known", value: this.known };
    const [machine, uuid] = await Promise.all([this.own.machine(), this.own.uuid()]);
    if (machine.kind === "unknown") return machine;
    if (uuid.kind === "unknown") return uuid;
    const { name, zone } = machine.value;
    const address = machine.value.address ?? this.leased();
    if (address === undefined) return { kind: "unknown", reason: "this machine has no address yet" };
    this.known = { instance: `${name}.${uuid.value}`, zone, address, hostname: name, providerId: `vsphere://${uuid.value}` };
    return { kind: "known", value: this.known };
  }

  /** The machine was made with it. A machine that does not even see its root disk there says nothing about volumes. */
  async seatVolume(seat: string): Promise<SeatVolume> {
    const found = await readdir(this.own.disks).catch(() => []);
    const device = found.find((name) => volume.test(name));
    if (device !== undefined) return { kind: "attached", device: await realpath(join(this.own.disks, device)) };
    if (!found.some((name) => rootDisk.test(name))) return waiting("no disk is linked by its place yet");
    return { kind: "absent", reason: `the machine of ${seat} has no second disk` };
  }

  /** By its name, or by its id, which is the name with the UUID behind it. */
  async instance(named: string): Promise<Known<Instance | undefined>> {
    const [name = "", uuid] = named.split(".");
    const all = await this.ask(`vcenter/vm?${new URLSearchParams({ names: name })}`, listed);
    if (all.kind === "unknown") return all;
    const members: Instance[] = [];
    for (const { vm } of (all.value ?? []).filter((one) => one.name === name && one.power_state === "POWERED_ON")) {
      const member = await this.member(vm, name);
      if (member.kind === "unknown") return member;
      if (member.value && (uuid === undefined || member.value.id === named)) members.push(member.value);
    }
    if (members.length > 1) return { kind: "unknown", reason: `${members.length} machines of this cluster are called ${name}` };
    return { kind: "known", value: members[0] };
  }

  /** vSphere announces nothing. */
  interruption(): Promise<Known<string | undefined>> {
    return Promise.resolve({ kind: "known", value: undefined });
  }

  /** One machine with its tags, which say whose it is; undefined for one of another cluster, or one that has just gone. */
  private async member(vm: string, name: string): Promise<Known<Instance | undefined>> {
    const path = `vcenter/vm/${encodeURIComponent(vm)}`;
    const tags = await this.tagsOf(vm);
    if (tags.kind === "unknown") return tags;
    if (tags.value.get(clusterTag) !== this.cluster) return { kind: "known", value: undefined };
    const [described, guest] = [await this.ask(path, detail), await this.ask(`${path}/guest/networking/interfaces`, interfaces)];
    if (described.kind === "unknown") return described;
    if (guest.kind === "unknown") return guest;
    if (!described.value) return { kind: "known", value: undefined };
    const uuid = described.value.identity.bios_uuid.toLowerCase();
    const [pool, seat] = [tags.value.get(poolTag), tags.value.get(seatTag)];
    return {
      kind: "known",
      value: {
        id: `${name}.${uuid}`,
        ...(pool === undefined ? {} : { pool }),
        ...(seat === undefined ? {} : { seat }),
        addresses: (guest.value ?? []).flatMap(({ ip }) => ip?.ip_addresses ?? []).map(({ ip_address }) => ip_address),
        names: [name],
        providerId: `vsphere://${uuid}`,
      },
    };
  }

  /** Tags are called `key=value`, and keep their names. */
  private async tagsOf(vm: string): Promise<Known<ReadonlyMap<string, string>>> {
    const subject = { object_id: { id: vm, type: "VirtualMachine" } };
    const attached = await this.ask("cis/tagging/tag-association?action=list-attached-tags", attachedTags, subject);
    if (attached.kind === "unknown") return attached;
    for (const id of (attached.value ?? []).filter((one) => !this.tagNames.has(one))) {
      const tag = await this.ask(`cis/tagging/tag/${encodeURIComponent(id)}`, tagName);
      if (tag.kind === "unknown") return tag;
      if (tag.value) this.tagNames.set(id, tag.value.name);
    }
    const pairs = (attached.value ?? [])
      .map((id) => (this.tagNames.get(id) ?? "").split("="))
      .map(([key = "", ...rest]) => [key, rest.join("=")] as const);
    return { kind: "known", value: new Map(pairs) };
  }

  private async ask<T>(path: string, schema: z.ZodType<T>, body?: unknown): Promise<Known<T | undefined>> {
    const answer = await this.vcenter(path, body);
    if (answer.kind === "unknown" || answer.value === undefined) return answer as Known<T | undefined>;
    const parsed = schema.safeParse(answer.value);
    return parsed.success
      ? { kind: "known", value: parsed.data }
      : { kind: "unknown", reason: `${path}: the vCenter answers in a form that is not known` };
  }

  /** What DHCP has given to the machine's own interface. */
  private leased(): string | undefined {
    const own = Object.entries(this.own.addresses()).filter(([name]) => /^(en|eth)/.test(name));
    return own.flatMap(([, all = []]) => all).find(({ family, internal }) => family === "IPv4" && !internal)?.address;
  }
}
