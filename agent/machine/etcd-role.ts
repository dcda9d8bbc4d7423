import { port } from "../../constructs/spec/ports";
import type { Epoch } from "../../constructs/spec/store";
import { phaseOf, type Action } from "../actions";
import { EtcdClient } from "../etcd/client";
import { peerUrl } from "../etcd/environment";
import { seatPaths } from "../etcd/paths";
import { peerAnswer } from "../etcd/peers";
import { EtcdSeatMachine } from "../etcd/seat-machine";
import { tlsFrom } from "../pki/tls-files";
import { sayOnce } from "../log";
import { metrics } from "../metrics";
import type { Disk, Member } from "../observation";
import { EpochFingerprints } from "../pki/fingerprints";
import { lookAndRoll } from "../roll";
import { lookAndAct } from "../seat/agent";
import type { Memory, Seat } from "../seat/observe";
import type { StatusMemory } from "../status";
import { isOk } from "../store/exchange";
import { lookAtRoom } from "../upkeep/disk-room";
import { upkeepTimes } from "../upkeep/times";
import { Upkeep } from "../upkeep/upkeep";
import { SeatVolume } from "../volume/seat-volume";
import { watchHungUnits } from "./hung-units";
import { keysRound } from "./keys";
import { loop } from "./loop";
import type { Configuring } from "./machine";
import { stateFolder } from "./paths";
import { plane } from "./plane";
import { Rolling } from "./rolling";
import { storeProven } from "./store-proof";
import type { Fault } from "./wants";
import { rootDiskFault } from "./root-disk";
import { SeatRequest } from "./seat-request";

/** Between two looks of a member that votes; of one that waits; and after a step, when the next one may be possible at once. */
const settledMs = 5_000;
const waitingMs = 500;
const nextStepMs = 20;
/** A roll-out is no hurry. */
const rollEveryMs = 10_000;
const listener = `http://127.0.0.1:${port.etcdMetrics}`;

/** The agent on a seat of etcd. */
export async function etcdRole(machine: Configuring): Promise<void> {
  const { identity, objects, configured, times, bootId, name, instance, health } = machine;
  const seats = configured.value.seats.etcd;
  const volume = new SeatVolume(machine.cloud, name, seatPaths.volume);
  const member = new WatchedSeat(
    { seat: name, seats, volume, store: machine.store, objects, say: (event, fields) => sayOnce(event, fields) },
    (disk) => (health.peer = peerAnswer(disk)),
  );
  const seat: Seat = {
    cluster: identity.cluster,
    name,
    peerUrl: peerUrl(machine.address),
    configured: seats.map((one) => ({ name: one.name, peerUrl: peerUrl(one.address) })),
    machine: member,
    objects,
    times,
  };
  const memory: Memory & StatusMemory = {};
  const running = { machine: instance, bootId, configuration: configured.digest };
  const fingerprints = new EpochFingerprints(objects);
  const rolling = new Rolling(machine, serves);
  const upkeep = upkeepOf(machine);
  // All begin before anybody has waited for another one: the volume comes, and the store proves itself.
  void loop("keys", () => keysRound(machine, () => fingerprints));
  await Promise.all([member.readDisk(), storeProven(machine), machine.programs]);
  const request = new SeatRequest(machine, () => plane(configured.value, name, health.serves));
  let rolled = 0;
  let looked = 0;
  let room: string | undefined;
  void loop("room", async () => {
    room = await lookAtRoom({ seat: seatPaths.volume, root: stateFolder });
    return upkeepTimes.metricsEvery * configured.value.timerFactor * 1000;
  });
  void loop("seat", async () => {
    const action = await lookAndAct(seat, memory, { ...running, ...(room !== undefined && { message: room }) });
    await told(machine, action);
    if (performance.now() - looked > rollEveryMs) {
      looked = performance.now();
      await request.look(await faultOf(machine, action));
    }
    if (health.serves) upkeep.step();
    // In the same loop: a machine holds one permit, for one thing at a time.
    if (performance.now() - rolled > rollEveryMs) {
      rolled = performance.now();
      await lookAndRoll({ name, role: "etcd", objects, machine: rolling, times }, memory);
    }
    return pause(action);
  });
  watchHungUnits(machine);
}

/** What this machine cannot mend. The root disk comes first: the next machine has the volume. */
async function faultOf({ cloud, name, place, configured, health }: Configuring, action: Action): Promise<Fault | undefined> {
  const rootDisk = await rootDiskFault(place);
  if (rootDisk !== undefined) return { kind: "root-disk", reason: rootDisk };
  if (action.kind !== "wait" || action.request !== "volume") return undefined;
  const volume = await cloud.seatVolume(name);
  if (volume.kind === "absent") return { kind: "no-volume", reason: volume.reason };
  if (volume.kind === "waiting") return volume.forNextMachine ? { kind: "volume-elsewhere", reason: volume.reason } : undefined;
  const { quorumWithout } = await plane(configured.value, name, health.serves);
  return { kind: "failed-volume", reason: "the volume is in the machine, and cannot be used", quorumWithout };
}

/** What the last look at the disk has shown, the other seats are told when they ask. */
class WatchedSeat extends EtcdSeatMachine {
  constructor(
    input: ConstructorParameters<typeof EtcdSeatMachine>[0],
    private readonly seen: (disk: Disk) => void,
  ) {
    super(input);
  }

  /** Every look that knows an epoch asks for its members: the copy on the disk is as new as the last look. */
  override async members(epoch: Epoch): Promise<readonly Member[] | undefined> {
    await this.keepEpoch(epoch);
    return super.members(epoch);
  }

  override async readDisk(): Promise<Disk> {
    const disk = await super.readDisk();
    this.seen(disk);
    return disk;
  }
}

function upkeepOf({ address, name, store, configured, health, times, place }: Configuring): Upkeep {
  const { certificate, key, authorities } = seatPaths;
  const other = (endpoint: string): EtcdClient => new EtcdClient(endpoint, () => tlsFrom(place, authorities, certificate, key));
  const endpoint = `https://${address}:${port.etcdClient}`;
  return new Upkeep({
    seat: name,
    etcd: other(endpoint),
    other,
    endpoint,
    tls: { certificate, key, authorities },
    tools: { etcdctl: seatPaths.etcdctl, etcdutl: seatPaths.etcdutl },
    metricsUrl: `${listener}/metrics`,
    store,
    scratch: `${stateFolder}/snapshots`,
    plane: () => plane(configured.value, name, health.serves),
    monotonic: () => performance.now(),
    times,
    timerFactor: configured.value.timerFactor,
  });
}

/** etcd's own word: it answers a linearizable read, so it has a leader and is no learner. */
const serves = (): Promise<boolean> => isOk(new URL(`${listener}/readyz`), 3_000);

async function told({ health }: Configuring, action: Action): Promise<void> {
  const phase = phaseOf(action);
  health.serves = ["run", "release", "mark-running", "remember"].includes(action.kind) && (await serves());
  health.state = "message" in action ? `${phase}: ${action.message}` : phase;
  metrics.only("coppice_seat_phase", { phase });
  metrics.add("coppice_seat_actions_total", 1, { kind: action.kind });
  sayOnce("seat", { phase, ...action });
}

function pause({ kind }: Action): number {
  if (kind === "run") return settledMs;
  return kind === "wait" || kind === "halt" ? waitingMs : nextStepMs;
}
