import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { Epoch, SnapshotRecord, Vote } from "../../constructs/spec/store";
import type { Disk, Etcd, Marker, Member, Peer, Sighting } from "../observation";
import { Place } from "../pki/place";
import { tlsFrom } from "../pki/tls-files";
import type { SeatMachine } from "../seat/machine";
import type { FileStore } from "../store/files";
import type { Objects } from "../store/objects";
import type { Volume } from "../volume/volume";
import { EtcdCluster } from "./cluster";
import { jsonOf } from "./data";
import { SeatDisk } from "./disk";
import { OwnEtcd, ownUrl } from "./own-etcd";
import { seatPaths, type SeatPaths } from "./paths";
import { askPeers } from "./peers";
import { systemd, type Processes } from "./process";
import { restore } from "./restore";
import { saveSeed } from "./seed";

export interface SeatInput {
  readonly seat: string;
  /** All seats of the role configuration, this one too. */
  readonly seats: readonly { readonly name: string; readonly address: string }[];
  readonly volume: Volume;
  readonly store: FileStore;
  readonly objects: Objects;
  readonly say: (event: string, fields: Readonly<Record<string, unknown>>) => void;
  /** @default those of a machine */
  readonly paths?: SeatPaths;
  /** @default systemd */
  readonly processes?: Processes;
  /** User and group of etcd and its data. @default etcd:etcd */
  readonly owner?: string;
  /** @default the files of the machine */
  readonly place?: Place;
}

/** What a file system says of a disk that is no good. */
const diskFaults = new Set(["EIO", "EROFS", "EUCLEAN", "ENODEV", "ENXIO"]);

const sightingSchema = z.object({ disk: z.string(), epoch: z.int().min(1) });

/** The machine of an etcd seat: its volume, its etcd, and the members around it. */
export class EtcdSeatMachine implements SeatMachine {
  private readonly paths: SeatPaths;
  private readonly owner: string;
  private readonly place: Place;
  private readonly address: string;
  private readonly disk: SeatDisk;
  private readonly cluster: EtcdCluster;
  private readonly own: OwnEtcd;
  private lastMembers: readonly Member[] | undefined;
  private tidied = false;

  /** @throws Error for a seat that its own configuration does not list */
  constructor(private readonly input: SeatInput) {
    const { seat, seats, volume, say } = input;
    this.paths = input.paths ?? seatPaths;
    this.owner = input.owner ?? "etcd:etcd";
    this.place = input.place ?? new Place();
    const listed = seats.find(({ name }) => name === seat);
    if (!listed) throw new Error(`${seat} is none of the seats of its own configuration`);
    this.address = listed.address;
    this.disk = new SeatDisk(volume.folder, this.place);
    const addresses = seats.map(({ address }) => address);
    const { authorities, certificate, key } = this.paths;
    this.cluster = new EtcdCluster(addresses, () => tlsFrom(this.place, authorities, certificate, key), say);
    const { disk, cluster, paths, place, owner, address } = this;
    this.own = new OwnEtcd({ seat, address, disk, cluster, processes: input.processes ?? systemd, paths, place, owner, say });
  }

  monotonic(): number {
    return performance.now();
  }

  random(): string {
    return randomBytes(16).toString("hex");
  }

  async readDisk(): Promise<Disk> {
    try {
      const seen = await this.input.volume.look();
      switch (seen.kind) {
        case "failed":
          return await this.withoutVolume(seen.reason);
        case "missing":
        case "foreign":
          return this.unusable(seen.kind, seen.reason);
        case "blank":
          return { volume: "blank", data: { state: "empty" } };
        case "mounted":
          return await this.readMounted();
      }
    } catch (reason) {
      const { code = "" } = reason as NodeJS.ErrnoException;
      if (!diskFaults.has(code)) throw reason;
      return this.withoutVolume(String(reason));
    }
  }

  makeFileSystem(): Promise<void> {
    return this.input.volume.makeFileSystem();
  }

  async writeMarker(marker: Marker): Promise<void> {
    await this.mounted();
    await this.disk.writeMarker(marker);
  }

  async writeFence(vote: Vote): Promise<void> {
    await this.mounted();
    await this.disk.writeFence(vote);
  }

  async removeFence(): Promise<void> {
    await this.mounted();
    await this.disk.removeFence();
  }

  /** The copy of the epoch on the volume, which `coppice rebuild-store` goes by. On no volume yet there is none. */
  async keepEpoch(epoch: Epoch): Promise<void> {
    if ((await this.input.volume.look()).kind !== "mounted" || (await this.disk.marker()) === undefined) return;
    if (!isDeepStrictEqual(await this.disk.epoch(), epoch)) await this.disk.writeEpoch(epoch);
  }

  async readSighting(): Promise<Sighting | "none"> {
    const parsed = sightingSchema.safeParse(jsonOf((await this.place.read(this.paths.sighting)) ?? ""));
    return parsed.success ? parsed.data : "none";
  }

  writeSighting(sighting: Sighting): Promise<void> {
    return this.place.write({ path: this.paths.sighting, mode: "0600", owner: "root:root" }, JSON.stringify(sighting));
  }

  async archive(): Promise<void> {
    await this.mounted();
    await this.own.stop();
    await this.disk.archive();
  }

  async restore(epoch: Epoch): Promise<"restored" | "failed"> {
    await this.mounted();
    const { disk, owner } = this;
    const { seat, store } = this.input;
    const peerUrl = ownUrl(epoch, seat, this.address);
    const reason = await restore({ seat, peerUrl, epoch, disk, store, owner, etcdutl: this.paths.etcdutl });
    if (reason === undefined) return "restored";
    this.input.say("no restore", { epoch: epoch.number, reason });
    return "failed";
  }

  async saveSeed(epoch: Epoch): Promise<SnapshotRecord | undefined> {
    await this.mounted();
    const { store, objects } = this.input;
    const { etcd, etcdctl, etcdutl, scratch } = this.paths;
    const seed = await saveSeed({ epoch, disk: this.disk, store, objects, etcd, tools: { etcdctl, etcdutl }, scratch });
    if (seed.kind === "saved") return seed.record;
    this.input.say("no seed", { epoch: epoch.number, reason: seed.reason });
    return undefined;
  }

  etcd(): Promise<Etcd> {
    return this.own.look();
  }

  async startEtcd(epoch: Epoch, as: "new" | "existing"): Promise<void> {
    await this.mounted();
    await this.own.start(epoch, as, this.lastMembers);
  }

  stopEtcd(): Promise<void> {
    return this.own.stop();
  }

  stopLeaderlessEtcd(): Promise<boolean> {
    return this.own.stopLeaderless();
  }

  async members(epoch: Epoch): Promise<readonly Member[] | undefined> {
    this.lastMembers = await this.cluster.members(epoch);
    return this.lastMembers;
  }

  removeMember(id: string): Promise<boolean> {
    return this.cluster.remove(id);
  }

  /** As well when it has been added before, and has not started yet. */
  async addLearner(epoch: Epoch): Promise<boolean> {
    const peerUrl = ownUrl(epoch, this.input.seat, this.address);
    const taken = await this.cluster.add(peerUrl);
    const added = (await this.members(epoch))?.find((member) => member.peerUrl === peerUrl);
    return added ? added.learner && added.name === "" : taken;
  }

  promote(id: string): Promise<boolean> {
    return this.cluster.promote(id);
  }

  async clusterId(): Promise<string | undefined> {
    return (await this.cluster.status(this.address))?.header.cluster_id;
  }

  peers(): Promise<ReadonlyMap<string, Peer>> {
    return askPeers(this.input.seats.filter(({ name }) => name !== this.input.seat));
  }

  private async readMounted(): Promise<Disk> {
    const state = await this.own.state();
    if (!this.tidied && !state.running) {
      await this.disk.tidy();
      this.tidied = true;
    }
    const [marker, fence] = [await this.disk.marker(), await this.disk.fence()];
    if (marker === undefined && (await this.disk.hasContent()))
      return this.unusable("foreign", "its file system holds files, and no marker");
    return {
      volume: "formatted",
      ...(marker === undefined ? {} : { marker }),
      ...(fence === undefined ? {} : { fence }),
      data: await this.own.data(state, this.lastMembers !== undefined),
    };
  }

  // What runs on it would hold on to a disk that is none any more.
  private async withoutVolume(reason: string): Promise<Disk> {
    await this.own.stop();
    await this.input.volume.letGo();
    return this.unusable("missing", reason);
  }

  private unusable(volume: "missing" | "foreign", reason: string): Disk {
    this.input.say("the volume is not usable", { volume, reason });
    return { volume, data: { state: "empty" } };
  }

  // Without a volume the folder is there all the same, on the disk of the system.
  private async mounted(): Promise<void> {
    const seen = await this.input.volume.look();
    if (seen.kind !== "mounted") throw new Error(`the volume of ${this.input.seat} is ${seen.kind}, and was to be written to`);
  }
}
