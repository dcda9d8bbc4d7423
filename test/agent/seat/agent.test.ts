import { lookAndAct } from "../../../agent/seat/agent";
import type { SeatMachine } from "../../../agent/seat/machine";
import type { Seat } from "../../../agent/seat/observe";
import type { StatusMemory } from "../../../agent/status";
import { MemoryStore } from "../../../agent/store/memory";
import { Objects } from "../../../agent/store/objects";
import { timing } from "../../../agent/timing";
import type { Member } from "../../../agent/observation";
import { data, epoch, marker, members, now, running } from "../observed";

/** Seat etcd-0, whose etcd systemd calls running. */
async function world() {
  const store = new MemoryStore(() => now);
  await store.putIfAbsent("epoch", JSON.stringify(epoch));
  const objects = new Objects(store, () => 0);
  let seen: readonly Member[] = [];
  const machine = {
    monotonic: () => 0,
    readDisk: () => Promise.resolve({ volume: "formatted", marker, data }),
    etcd: () => Promise.resolve(running),
    members: () => Promise.resolve(seen),
  } as unknown as SeatMachine;
  const seat: Seat = {
    cluster: "prod",
    name: "etcd-0",
    peerUrl: "https://10.0.0.0:2380",
    configured: epoch.seats,
    machine,
    objects,
    times: timing,
  };
  const memory: StatusMemory = {};
  return async (found: readonly Member[], message?: string) => {
    seen = found;
    const action = await lookAndAct(seat, memory, { machine: "i", bootId: "b", ...(message !== undefined && { message }) });
    const read = await store.get("seats/etcd-0");
    return { action: action.kind, status: JSON.parse(read.kind === "found" ? read.body : "{}") as Record<string, unknown> };
  };
}

test("a member that the others do not hear is not called healthy, though its process runs", async () => {
  const look = await world();
  expect(await look(members(0, 1, 2))).toMatchObject({ action: "run", status: { phase: "run", healthy: true } });
  const deaf = members(0, 1, 2).map((member) => ({ ...member, healthy: member.name !== "etcd-0" }));
  expect(await look(deaf)).toMatchObject({ action: "run", status: { phase: "run", healthy: false } });
});

test("what people are to do on a machine that runs is in its status, until it is done", async () => {
  const look = await world();
  const message = "the seat disk is 100 % full: make room on it";
  await look(members(0, 1, 2));
  expect((await look(members(0, 1, 2), message)).status).toMatchObject({ message });
  expect((await look(members(0, 1, 2))).status).not.toHaveProperty("message");
});
