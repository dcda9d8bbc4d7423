import { approval as approvalSchema, seatStatus } from "../../constructs/spec/store";
import type { Approval, Epoch } from "../../constructs/spec/store";
import { readEpoch } from "../epoch";
import type { Observation } from "../observation";
import { nextPatience } from "../patience";
import type { Patience } from "../patience";
import { permitLeft } from "../permit";
import type { HeldPermit } from "../permit";
import { readRecovery } from "../recovery";
import { newestVerified } from "../snapshots";
import { keys } from "../store/keys";
import type { Objects } from "../store/objects";
import type { Timing } from "../timing";
import { readVotes } from "../votes";
import type { SeatMachine } from "./machine";

/** Who this agent is, and what it holds on to. */
export interface Seat {
  readonly cluster: string;
  readonly name: string;
  readonly peerUrl: string;
  readonly configured: Epoch["seats"];
  readonly machine: SeatMachine;
  readonly objects: Objects;
  readonly times: Timing;
}

/** What an agent remembers from one look to the next; a new process starts with none of it. */
export interface Memory {
  permit?: HeldPermit | undefined;
  patience?: Patience | undefined;
}

const unread = { kind: "unavailable", reason: "not read" } as const;

/** One look at everything. The store's epoch before the peers: they may know a later one only if it was written since. */
export async function observe(seat: Seat, memory: Memory): Promise<Observation> {
  const { machine, objects, times } = seat;
  const epoch = await readEpoch(objects);
  const recovery = epoch.kind === "found" ? await readRecovery(objects) : unread;
  const disk = await machine.readDisk();
  const etcd = await machine.etcd();
  const members = epoch.kind === "found" ? await machine.members(epoch.value) : undefined;
  const settled = members !== undefined && etcd.running && !(recovery.kind === "found" && recovery.value.state !== "void");
  const seats = epoch.kind === "found" && !settled ? epoch.value.seats.map(({ name }) => name) : [];
  const left = permitLeft(memory.permit, machine.monotonic());
  const round =
    recovery.kind === "found" && epoch.kind === "found" && recovery.value.epoch === epoch.value.number ? recovery.value : undefined;
  const votes = round && !settled ? await readVotes(objects, round.round, seats) : new Map<never, never>();
  const approval = epoch.kind === "found" && !settled ? await readApproval(objects, epoch.value.number) : undefined;
  const seen: Omit<Observation, "quiet"> = {
    cluster: seat.cluster,
    seat: seat.name,
    peerUrl: seat.peerUrl,
    configured: seat.configured,
    disk,
    etcd,
    epoch,
    // Votes that cannot be read are no reason to act as if they had not been cast.
    recovery: votes ? recovery : unread,
    permit: unread,
    ...(left === undefined ? {} : { permitLeft: left }),
    votes: votes ?? new Map(),
    statuses: await readStatuses(objects, seats),
    peers: etcd.running ? new Map() : await machine.peers(),
    ...(members ? { members } : {}),
    snapshot: round?.state === "proceed" ? await newestVerified(objects) : "unknown",
    ...(approval ? { approval } : {}),
    ...(objects.now() === undefined ? {} : { now: objects.now() as number }),
  };
  const monotonic = machine.monotonic();
  memory.patience = epoch.kind === "found" ? nextPatience(memory.patience, seen, epoch.value, times.fresh, monotonic) : undefined;
  return { ...seen, quiet: memory.patience ? (monotonic - memory.patience.since) / 1000 : 0 };
}

async function readStatuses(objects: Objects, seats: readonly string[]): Promise<Observation["statuses"]> {
  const statuses = new Map<string, { status: ReturnType<typeof seatStatus.parse>; age: number }>();
  for (const seat of seats) {
    const read = await objects.read(keys.status(seat), seatStatus);
    if (read.kind === "found") statuses.set(seat, { status: read.value, age: (read.now - Date.parse(read.value.at)) / 1000 });
  }
  return statuses;
}

async function readApproval(objects: Objects, epoch: number): Promise<Approval | undefined> {
  const read = await objects.read(keys.approval(epoch), approvalSchema);
  return read.kind === "found" ? read.value : undefined;
}
