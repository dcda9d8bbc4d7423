import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Epoch } from "../../constructs/spec/store";
import type { Data, Etcd, Member } from "../observation";
import { synced, type Place } from "../pki/place";
import { run } from "../run";
import { leads, noLeader, type EtcdCluster } from "./cluster";
import { DataFolder, incarnation, incarnationFile, jsonOf } from "./data";
import type { SeatDisk } from "./disk";
import { environmentOf, peerUrl } from "./environment";
import { damageIn } from "./last-words";
import type { SeatPaths } from "./paths";
import type { Processes, ProcessState } from "./process";
import { writeIncarnation } from "./restore";

export interface OwnEtcdInput {
  readonly seat: string;
  readonly address: string;
  readonly disk: SeatDisk;
  readonly cluster: EtcdCluster;
  readonly processes: Processes;
  readonly paths: SeatPaths;
  readonly place: Place;
  /** User and group of etcd and its data. */
  readonly owner: string;
  readonly say: (event: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** So many starts in vain, and what etcd said last is looked into. */
const startsInVain = 3;
/** What answered so shortly ago, runs. */
const oneLookMs = 3_000;
/** To say that it has a leader after all. */
const lastWordMs = 3_000;
/** For certificates: a member that starts without them ends at once, and systemd lets it wait. */
const keysMs = 20_000;
/** etcd ends with it by itself only when the others have told it that it was removed. */
const removedExit = 0;

/** The etcd process of a seat, and the data that it runs on. */
export class OwnEtcd {
  private readonly folder: DataFolder;
  /** When the member last answered, in monotonic milliseconds. */
  private answered: number | undefined;
  /** Of the last look into what etcd said: at how many ends, and what it found. */
  private heard: { readonly ended: number; readonly damage: string | undefined } | undefined;

  constructor(private readonly input: OwnEtcdInput) {
    this.folder = new DataFolder(input.disk.data);
  }

  // An answer says that it runs, and costs less than systemd's.
  async look(): Promise<Etcd> {
    const { cluster, address } = this.input;
    const status = await cluster.status(address);
    this.answered = status && performance.now();
    if (status) {
      // By now it has written what it would stumble over when systemd starts it again.
      await this.folder.forgetSnapshots();
      const inSync = status.isLearner && (await cluster.isInSync(address));
      return { running: true, leader: leads(status), removed: false, inSync };
    }
    const { running, exit } = await this.state();
    return { running, leader: false, removed: running && exit === removedExit, inSync: false };
  }

  async state(): Promise<ProcessState> {
    if (this.answered !== undefined && performance.now() - this.answered < oneLookMs) return { running: true, ended: 0 };
    return this.input.processes.state(this.input.paths.unit);
  }

  /**
   * What is in the data, by what lies there and by what etcd says of it when it does not come up.
   * @param quorum whether the other members have one: then one that does not begin is better added anew
   */
  async data({ running, ended }: ProcessState, quorum: boolean): Promise<Data> {
    const { data, reason } = await this.folder.read(running);
    const inVain = running && ended >= startsInVain;
    const damage = inVain ? await this.damage(ended) : undefined;
    if (reason !== undefined || damage !== undefined) this.input.say("the data are not what they should be", { running, reason, damage });
    // As when the members have changed since it was told of them. Stopped, the next decision is about what is there now.
    if (inVain && quorum && damage === undefined && data.state === "empty") await this.giveUpStarting();
    return damage === undefined ? data : { state: "corrupt" };
  }

  /** @param members as they were last seen; undefined without quorum */
  async start(epoch: Epoch, as: "new" | "existing", members: readonly Member[] | undefined): Promise<void> {
    const { seat, address, paths, place, processes, say } = this.input;
    const refusal = await this.prepareData(epoch);
    if (refusal !== undefined) return say("etcd is not started", { reason: refusal });
    // Data that are there say who the members are: then these flags count for nothing.
    const cluster = as === "new" || !members ? epoch.seats : asSeats(members, epoch);
    const own = ownUrl(epoch, seat, address);
    const text = environmentOf({ seat, address, peerUrl: own, token: epoch.token, state: as, cluster });
    await place.write({ path: paths.environment, mode: "0600", owner: "root:root" }, text);
    this.heard = undefined;
    await this.folder.forgetSnapshots();
    await this.untilKeys();
    await processes.start(paths.unit);
  }

  async stop(): Promise<void> {
    this.answered = undefined;
    await this.input.processes.stop(this.input.paths.unit);
  }

  async stopLeaderless(): Promise<boolean> {
    const status = await this.input.cluster.status(this.input.address, lastWordMs);
    if (status && status.leader !== noLeader) return false;
    await this.stop();
    return true;
  }

  // Not for ever: etcd is on record as started, and systemd goes on where this ends.
  private async untilKeys(): Promise<void> {
    const { place, paths } = this.input;
    const end = performance.now() + keysMs;
    const files = [paths.certificate, paths.key, paths.authorities, paths.peerCertificate, paths.peerKey, paths.peerAuthorities];
    const missing = async () => (await Promise.all(files.map((path) => place.read(path)))).includes(undefined);
    while (performance.now() < end && (await missing())) await new Promise((resolve) => setTimeout(resolve, 100));
  }

  private async damage(ended: number): Promise<string | undefined> {
    const { processes, paths } = this.input;
    if (this.heard?.ended !== ended) this.heard = { ended, damage: damageIn(await processes.lastWords(paths.unit)) };
    return this.heard.damage;
  }

  private async giveUpStarting(): Promise<void> {
    const { processes, paths, say } = this.input;
    const words = (await processes.lastWords(paths.unit)).trim().split("\n").at(-1)?.slice(0, 500);
    say("etcd does not begin", { words });
    await this.stop();
  }

  /** Makes the folder that etcd starts in one of this epoch; answers why it cannot. */
  private async prepareData(epoch: Epoch): Promise<string | undefined> {
    const { disk, owner } = this.input;
    const { data, reason } = await this.folder.read(false);
    if (data.state === "corrupt") return `the data are corrupt: ${reason}`;
    if (data.state === "valid") {
      const known = incarnation.safeParse(jsonOf(await readFile(join(disk.data, incarnationFile), "utf8")));
      const same = known.success && known.data.number === epoch.number && known.data.token === epoch.token;
      return same ? undefined : `the data are of epoch ${data.epoch}, and ${epoch.number} was to start`;
    }
    // What an etcd has left that did not live to begin its log.
    await rm(disk.data, { recursive: true, force: true });
    await mkdir(disk.data, { mode: 0o700 });
    await synced(disk.folder);
    await writeIncarnation(disk.data, epoch);
    const owned = await run("chown", ["-R", owner, disk.data]);
    return owned.code === 0 ? undefined : `chown: ${owned.said}`;
  }
}

export function ownUrl({ seats }: Epoch, seat: string, address: string): string {
  return seats.find(({ name }) => name === seat)?.peerUrl ?? peerUrl(address);
}

/** Members by their seats; etcd has no name yet for one that has never started. */
function asSeats(members: readonly Member[], { seats }: Epoch): Epoch["seats"] {
  return members.map(({ id, name, peerUrl: url }) => {
    return { name: name || (seats.find((seat) => seat.peerUrl === url)?.name ?? id), peerUrl: url };
  });
}
