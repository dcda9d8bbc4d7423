import { rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import type { Action } from "../../../agent/actions";
import { peerUrl } from "../../../agent/etcd/environment";
import { seatPaths, type SeatPaths } from "../../../agent/etcd/paths";
import { peerAnswer } from "../../../agent/etcd/peers";
import { EtcdSeatMachine } from "../../../agent/etcd/seat-machine";
import type { Disk } from "../../../agent/observation";
import { EpochFingerprints } from "../../../agent/pki/fingerprints";
import { keep } from "../../../agent/pki/keep";
import { Place } from "../../../agent/pki/place";
import { sourceOf } from "../../../agent/pki/trust";
import { lookAndAct } from "../../../agent/seat/agent";
import { Objects } from "../../../agent/store/objects";
import { scaled, timing, type Timing } from "../../../agent/timing";
import { port } from "../../../constructs/spec/ports";
import { roles } from "../pki/disk";
import type { FolderStore } from "../upkeep/folder-store";
import { FolderVolume, LocalEtcd } from "./local-etcd";

export const clusterName = "orchard";
/** A tenth; but what is fresh must outlast a look at machines that are gone, and those do not scale. */
export const times: Timing = { ...scaled(timing, 0.1), recoverAfter: 6, fresh: 6 };

/** Files of the test belong to whoever runs it, which need not be root. */
const ids = () => Promise.resolve({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 });
const owner = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;

export interface SeatAddress {
  readonly name: string;
  readonly address: string;
}

/** One machine on a seat: its agent with its loop, and its etcd. */
export class TestMachine {
  readonly root: string;
  readonly processes: LocalEtcd;
  readonly said: string[] = [];
  readonly actions: string[] = [];
  action: Action | undefined;
  private disk: Disk | undefined;
  private readonly peerServer: Server;
  private running = true;
  private readonly loop: Promise<void>;

  constructor(
    private readonly programs: string,
    folder: string,
    readonly seat: SeatAddress,
    private readonly seats: readonly SeatAddress[],
    private readonly store: FolderStore,
  ) {
    this.root = join(folder, seat.name);
    this.processes = new LocalEtcd(programs, this.root, seat.address);
    this.peerServer = createServer((_, response) => {
      response.end(JSON.stringify(this.disk ? peerAnswer(this.disk) : { fenced: false, diskless: true }));
    }).listen(port.agentHealth, seat.address);
    this.loop = this.run();
  }

  get volume(): string {
    return join(this.root, seatPaths.volume);
  }

  /** The machine is gone; its volume stays. */
  async cut(): Promise<void> {
    this.running = false;
    await this.processes.cut();
    await this.loop;
    this.peerServer.closeAllConnections();
    await new Promise((resolve) => this.peerServer.close(resolve));
    // A member that the loop started meanwhile.
    await this.processes.cut();
  }

  loseVolume(): void {
    rmSync(this.volume, { recursive: true, force: true });
  }

  /** What the agent sees of this machine; without a loop it does only what it is told. */
  open(): EtcdSeatMachine {
    const { seat, seats, store, root, programs } = this;
    const paths = Object.fromEntries(Object.entries(seatPaths).map(([name, path]) => [name, name === "unit" ? path : join(root, path)]));
    const programPaths = Object.fromEntries(["etcd", "etcdctl", "etcdutl"].map((name) => [name, join(programs, name)]));
    const input = {
      seat: seat.name,
      seats,
      volume: new FolderVolume(this.volume),
      store,
      objects: new Objects(store, () => performance.now()),
      say: (event: string, fields: object) => this.said.push(`${event} ${JSON.stringify(fields)}`),
      paths: { ...paths, ...programPaths } as SeatPaths,
      processes: this.processes,
      owner,
      place: new Place("", ids),
    };
    return new WatchedMachine(input, (disk) => (this.disk = disk));
  }

  private async run(): Promise<void> {
    const { seat, seats, store, root } = this;
    // What a machine has of its own ends with it.
    for (const own of ["etc", "run", "var/lib/coppice"]) rmSync(join(root, own), { recursive: true, force: true });
    const machine = this.open();
    const configured = seats.map(({ name, address }) => ({ name, peerUrl: peerUrl(address) }));
    const objects = new Objects(store, () => performance.now());
    const own = { cluster: clusterName, name: seat.name, peerUrl: peerUrl(seat.address), configured, machine, objects, times };
    const memory = {};
    const clock = () => ({ now: Date.now() });
    const nursery = { cluster: clusterName, role: "etcd" as const, objects, fingerprints: new EpochFingerprints(objects), clock };
    const place = new Place(root, ids);
    while (this.running) {
      try {
        const source = (purpose: Parameters<typeof sourceOf>[1]) => sourceOf(nursery, purpose);
        await keep({ machine: { cluster: clusterName, name: seat.name, address: seat.address }, place, source, clock }, roles.etcd);
        this.action = await lookAndAct(own, memory, { machine: `i-${seat.name}`, bootId: "boot" });
        const said = JSON.stringify(this.action);
        if (this.actions.at(-1) !== said) this.actions.push(said);
      } catch (reason) {
        this.said.push(`a round ended in an error: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }
}

class WatchedMachine extends EtcdSeatMachine {
  constructor(
    input: ConstructorParameters<typeof EtcdSeatMachine>[0],
    private readonly seen: (disk: Disk) => void,
  ) {
    super(input);
  }

  override async readDisk(): Promise<Disk> {
    const disk = await super.readDisk();
    this.seen(disk);
    return disk;
  }
}
