import { setTimeout as sleep } from "node:timers/promises";
import { elementsAt, textAt, type Element } from "../../agent/cloud/xml";
import type { Known } from "../../agent/cloud/cloud";
import type { Inventory } from "./inventory";
import type { Power } from "./seen";
import { logIn, reference, type Login, type Managed, type Session } from "./soap";

const powers: Readonly<Record<string, Power>> = { poweredOn: "on", poweredOff: "off", suspended: "suspended" };

/** A start takes seconds, and longer where DRS looks for a host. */
const taskSeconds = 120;

/** Machines by the vCenter's word. Each question has a session of its own: a run that ends half-way leaves none to keep. */
export function vsphereInventory(login: Login): Inventory {
  return {
    power: (uuids) =>
      within(login, async (session) => {
        const found = new Map<string, Power>();
        for (const uuid of uuids) {
          const machine = await find(session, uuid);
          if (machine.kind === "unknown") return machine;
          if (!machine.value) continue;
          const power = await powerOf(session, machine.value);
          if (power.kind === "unknown") return power;
          if (power.value) found.set(uuid, power.value);
        }
        return { kind: "known", value: found };
      }),
    start: (uuid) =>
      within(login, async (session) => {
        const machine = await find(session, uuid);
        if (machine.kind === "unknown") return machine;
        if (!machine.value) return { kind: "unknown", reason: `no machine has the UUID ${uuid} any more` };
        const power = await powerOf(session, machine.value);
        if (power.kind === "unknown") return power;
        // What slept believes in a clock that has moved on, and in what it held by that clock: it begins anew.
        if (power.value === "suspended") {
          const off = await task(session, "PowerOffVM_Task", machine.value);
          if (off.kind === "unknown") return off;
        }
        return power.value === "on" ? { kind: "known", value: "started" } : task(session, "PowerOnVM_Task", machine.value);
      }),
  };
}

async function within<T>(login: Login, ask: (session: Session) => Promise<Known<T>>): Promise<Known<T>> {
  const session = await logIn(login);
  if (session.kind === "unknown") return session;
  try {
    return await ask(session.value);
  } finally {
    await session.value.end();
  }
}

/** As the provider of Terraform looks for it. */
async function find({ soap, managed }: Session, uuid: string): Promise<Known<Managed | undefined>> {
  const answer = await soap(
    "FindByUuid",
    managed("searchIndex"),
    `<uuid>${uuid}</uuid><vmSearch>true</vmSearch><instanceUuid>false</instanceUuid>`,
  );
  if (answer.kind === "unknown") return answer;
  const id = textAt(answer.value, "returnval");
  return { kind: "known", value: id === "" ? undefined : { type: "VirtualMachine", id } };
}

/** Undefined for one that has just gone. */
async function powerOf(session: Session, machine: Managed): Promise<Known<Power | undefined>> {
  const read = await properties(session, machine, ["runtime.connectionState", "runtime.powerState"]);
  if (read.kind === "unknown") return read;
  if (read.value.get("runtime.connectionState")?.text !== "connected") return { kind: "known", value: "unreachable" };
  const power = powers[read.value.get("runtime.powerState")?.text ?? ""];
  return power ? { kind: "known", value: power } : { kind: "unknown", reason: `${machine.id}: the vCenter does not say whether it is on` };
}

async function task(session: Session, method: string, machine: Managed): Promise<Known<"started">> {
  const begun = await session.soap(method, machine);
  if (begun.kind === "unknown") return begun;
  const one: Managed = { type: "Task", id: textAt(begun.value, "returnval") };
  for (let second = 0; second < taskSeconds; second++) {
    const read = await properties(session, one, ["info.state", "info.error"]);
    if (read.kind === "unknown") return read;
    const state = read.value.get("info.state")?.text;
    if (state === "success") return { kind: "known", value: "started" };
    if (state === "error") {
      const error = read.value.get("info.error");
      return { kind: "unknown", reason: `${method}: ${error ? textAt(error, "localizedMessage") || error.text : "it failed"}` };
    }
    await sleep(1000);
  }
  return { kind: "unknown", reason: `${method}: not done within ${taskSeconds} s` };
}

/** One object's properties by their paths; what the account may not see is missing. */
async function properties(session: Session, of: Managed, paths: readonly string[]): Promise<Known<ReadonlyMap<string, Element>>> {
  const asked = paths.map((path) => `<pathSet>${path}</pathSet>`).join("");
  const spec = `<specSet><propSet><type>${of.type}</type>${asked}</propSet><objectSet>${reference("obj", of)}</objectSet></specSet>`;
  const answer = await session.soap("RetrievePropertiesEx", session.managed("propertyCollector"), `${spec}<options></options>`);
  if (answer.kind === "unknown") return answer;
  const found = elementsAt(answer.value, "returnval/objects/propSet");
  return {
    kind: "known",
    value: new Map(found.flatMap((one) => elementsAt(one, "val").map((value) => [textAt(one, "name"), value] as const))),
  };
}
