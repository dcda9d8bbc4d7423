import * as z from "zod";
import { approval as approvalSchema, seatStatus } from "../../constructs/spec/store";
import type { Approval, Epoch } from "../../constructs/spec/store";
import { readEpoch } from "../epoch";
import type { Observation } from "../observation";
import { nextPatience, nextPatienceForFirst } from "../patience";
import type { Patience } from "../patience";
import { permitLeft, readPermit } from "../permit";
import type { HeldPermit } from "../permit";
import type { RollMemory } from "../roll";
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
export interface Memory extends RollMemory {
  permit?: HeldPermit | undefined;
  /** Whether this process has looked for a permit that an earlier one of this seat left. */
  permitSought?: boolean;
  patience?: Patience | undefined;
}

const unread = { kind: "unavailable", reason: "not read" } as const;

/** One look at everything. Peers before the store: what they know then and it does not, it has lost. */
export async function observe(seat: Seat, memory: Memory): Promise<Observation> {
  const { machine, objects, times } = seat;
  const etcd = await machine.etcd();
  const peers: Observation["peers"] = etcd.running ? new Map<never, never>() : await machine.peers();
  const epoch = await readEpoch(objects);
  const recovery = epoch.kind === "found" ? await readRecovery(objects) : unread;
  const disk = await machine.readDisk();
  const sighting = await machine.readSighting?.();
  const members = epoch.kind === "found" ? await machine.members(epoch.value) : undefined;
  const desired = epoch.kind === "absent" ? await readDesired(objects) : undefined;
  const settled = members !== undefined && etcd.running && !(recovery.kind === "found" && recovery.value.state !== "void");
  const seats = epoch.kind === "found" && !settled ? epoch.value.seats.map(({ name }) => name) : [];
  await findPermit(seat, memory);
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
    ...(sighting === undefined ? {} : { sighting }),
    etcd,
    epoch,
    // Votes that cannot be read are no reason to act as if they had not been cast.
    recovery: votes ? recovery : unread,
    ...(left === undefined ? {} : { permitLeft: left }),
    votes: votes ?? new Map(),
    statuses: await readStatuses(objects, seats),
    peers,
    ...(desired ? { desired } : {}),
    ...(members ? { members } : {}),
    snapshot: round?.state === "proceed" ? await newestVerified(objects) : "unknown",
    ...(approval ? { approval } : {}),
    ...(objects.now() === undefined ? {} : { now: objects.now() as number }),
  };
  const monotonic = machine.monotonic();
  memory.patience = patience(memory.patience, seen, times.fresh, monotonic);
  return { ...seen, quiet: memory.patience ? (monotonic - memory.patience.since) / 1000 : 0 };
}

function patience(before: Patience | undefined, seen: Omit<Observation, "quiet">, fresh: number, monotonic: number): Patience | undefined {
  if (seen.epoch.kind === "absent") return nextPatienceForFirst(before, seen, monotonic);
  return seen.epoch.kind === "found" ? nextPatience(before, seen, seen.epoch.value, fresh, monotonic) : undefined;
}

// Only that it is there counts: the loader has read what is in it.
async function readDesired(objects: Objects): Promise<Observation["desired"]> {
  const { kind } = await objects.read(keys.desired("etcd"), z.unknown());
  if (kind === "absent") return "absent";
  return kind === "found" || kind === "torn" ? "there" : "unknown";
}

// A seat that starts anew goes on with a change of membership that it had begun, or gives it back.
async function findPermit({ objects, name, machine }: Seat, memory: Memory): Promise<void> {
  if (memory.permitSought) return;
  const asked = machine.monotonic();
  const read = await readPermit(objects);
  memory.permitSought = read.kind === "found" || read.kind === "absent";
  if (read.kind !== "found" || read.value.holder !== name || read.value.purpose !== "replace-member") return;
  memory.permit = { permit: read.value, version: read.version, until: asked + Date.parse(read.value.until) - read.now };
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
