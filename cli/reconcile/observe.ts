import type { Member } from "../../constructs/platform/platform";
import * as shapes from "../../constructs/spec/store";
import { reconcileRecord } from "../../constructs/spec/store-reconcile";
import { storeKeys } from "../../agent/kubernetes/store-keys";
import { isTaken, readPermit } from "../../agent/permit";
import { keys } from "../../agent/store/keys";
import type { Objects, Read } from "../../agent/store/objects";
import type { StateResource } from "../../terraform/terraform";
import type { Inventory } from "./inventory";
import { emptyRecord, recordKey, withSilence } from "./record";
import type { Observation, Observed, Seen } from "./seen";

export interface Looking {
  readonly members: readonly Member[];
  readonly objects: Objects;
  /** Where machines have no groups. */
  readonly inventory?: Inventory;
  readonly state: () => Promise<readonly StateResource[]>;
  /** A status that is older says nothing of its machine. */
  readonly staleSeconds: number;
}

/** A part that could not be read. */
class Partial extends Error {}

/** One look at store, vCenter and state. The state is only read: what is true of it, the plan of a repair finds out. */
export async function observe(looking: Looking): Promise<Observed> {
  try {
    return { kind: "whole", observation: await look(looking) };
  } catch (error) {
    if (error instanceof Partial) return { kind: "partial", reasons: [error.message] };
    throw error;
  }
}

async function look({ members, objects, inventory, state, staleSeconds }: Looking): Promise<Observation> {
  const repair = there("desired/repair", await objects.read("desired/repair", shapes.desiredRepair));
  if (!repair) throw new Partial("the store holds no desired/repair: apply the cluster's stack first");
  const permit = await readPermit(objects);
  const held = there(keys.permit, permit) && permit.kind === "found" && isTaken(permit) ? permit.value : undefined;
  const record = there(recordKey, await objects.read(recordKey, reconcileRecord)) ?? emptyRecord;
  const asked = await requests(objects);
  const machines = inventory ? await machinesOf(inventory, members, await state()) : new Map<string, NonNullable<Seen["machine"]>>();
  const first: Seen[] = [];
  for (const member of members) {
    const machine = machines.get(member.name);
    const speaks = member.tier === "worker" ? undefined : await lastWord(objects, member.name, machine?.uuid, staleSeconds);
    const asks = asked.find((one) => one.of === member.tier && isOf(one, member, machine));
    first.push({ member, ...(machine && { machine }), ...(speaks && { speaks }), ...(asks && { asks: asks.asks }) });
  }
  const now = objects.now() ?? 0;
  const silence = withSilence(record, first, now);
  const seen = first.map((one): Seen => {
    const known = silence.silent[one.member.name];
    if (!known || one.speaks !== "silent") return one;
    const replaced = known.replaced === undefined ? {} : { replaced: known.replaced };
    return { ...one, silentFor: (now - Date.parse(known.since)) / 1000, ...replaced };
  });
  return { now, repair, ...(held && { permit: held }), seen, record: silence };
}

async function machinesOf(
  inventory: Inventory,
  members: readonly Member[],
  state: readonly StateResource[],
): Promise<ReadonlyMap<string, NonNullable<Seen["machine"]>>> {
  const made = members.flatMap(({ name, machine }) => {
    const resource = state.find(({ address }) => address === machine);
    return resource ? [{ name, uuid: String(resource.values["id"]), half: resource.tainted === true }] : [];
  });
  const answer = await inventory.power(made.map(({ uuid }) => uuid));
  if (answer.kind === "unknown") throw new Partial(answer.reason);
  return new Map(made.map(({ name, uuid, half }) => [name, { uuid, half, power: answer.value.get(uuid) ?? "absent" }]));
}

async function lastWord(
  objects: Objects,
  seat: string,
  uuid: string | undefined,
  staleSeconds: number,
): Promise<"healthy" | "unhealthy" | "silent"> {
  const read = await objects.read(keys.status(seat), shapes.seatStatus);
  const status = there(keys.status(seat), read);
  if (!status || read.kind !== "found") return "silent";
  const isItsOwn = uuid === undefined || status.machine.endsWith(uuid);
  if (!isItsOwn || read.now - Date.parse(status.at) > staleSeconds * 1000) return "silent";
  return status.healthy ? "healthy" : "unhealthy";
}

interface Asked {
  readonly of: Member["tier"];
  /** Of a seat; a worker is told by its machine alone. */
  readonly name?: string;
  readonly machine: string;
  readonly asks: NonNullable<Seen["asks"]>;
}

/** A request of the machine before this one asks for nothing any more. */
function isOf(asked: Asked, member: Member, machine: Seen["machine"]): boolean {
  const isSame = machine === undefined ? asked.of !== "worker" : asked.machine.endsWith(machine.uuid);
  return isSame && (asked.name === undefined || asked.name === member.name);
}

/** What machines ask for. A worker's request counts with a grant that still holds: masters count those. */
async function requests(objects: Objects): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  for (const key of await listed(objects, "requests/seats/")) {
    const request = there(key, await objects.read(key, shapes.seatRequest));
    if (request) asked.push({ of: seatRole(request.seat), name: request.seat, machine: request.machine, asks: request });
  }
  for (const key of await listed(objects, storeKeys.workerRequests)) {
    const request = there(key, await objects.read(key, shapes.workerRequest));
    if (!request) continue;
    const granted = await objects.read(storeKeys.workerGrant(request.instance), shapes.workerGrant);
    const grant = there(storeKeys.workerGrant(request.instance), granted);
    if (!grant || granted.kind !== "found" || Date.parse(grant.until) <= granted.now) continue;
    asked.push({ of: "worker", machine: request.instance, asks: { want: "machine", reason: request.reason } });
  }
  return asked;
}

const seatRole = (seat: string): "etcd" | "master" => (seat.startsWith("etcd") ? "etcd" : "master");

async function listed(objects: Objects, prefix: string): Promise<readonly string[]> {
  const listing = await objects.list(prefix);
  if (listing.kind !== "listed") throw new Partial(`${prefix} in the store: ${listing.reason}`);
  return listing.keys;
}

/** @throws Partial when it is not known whether there is one */
function there<T>(key: string, read: Read<T>): T | undefined {
  if (read.kind === "found") return read.value;
  if (read.kind === "absent") return undefined;
  throw new Partial(`${key} in the store: ${read.reason}`);
}
