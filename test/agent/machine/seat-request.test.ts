import { SeatRequest } from "../../../agent/machine/seat-request";
import type { Fault } from "../../../agent/machine/wants";
import type { ControlPlane } from "../../../agent/permit";
import { MemoryContents, MemoryStore } from "../../../agent/store/memory";
import { Objects } from "../../../agent/store/objects";
import { timing } from "../../../agent/timing";

const key = "requests/seats/etcd-1";
const rootDisk: Fault = { kind: "root-disk", reason: "EROFS" };
const whole: ControlPlane = { unhealthy: [], serves: false, quorumWithout: true };

let contents: MemoryContents;
let now: number;
let ran: string[];
let plane: ControlPlane;
beforeEach(() => {
  [contents, now, ran, plane] = [new MemoryContents(), Date.parse("2026-03-01T12:00:00Z"), [], whole];
});

function agent(goes: "by power" | "on request"): SeatRequest {
  const objects = new Objects(new MemoryStore(() => now, contents), () => now);
  const machine = {
    cloud: { goes },
    objects,
    name: "etcd-1",
    instance: "orchard-etcd-1.42",
    times: timing,
    configured: { value: { timerFactor: 1 } },
  };
  return new SeatRequest(
    machine as unknown as ConstructorParameters<typeof SeatRequest>[0],
    () => Promise.resolve(plane),
    (program, args) => {
      ran.push([program, ...args].join(" "));
      return Promise.resolve({ ok: true, said: "" });
    },
  );
}

async function lasts(request: SeatRequest, fault: Fault | undefined): Promise<void> {
  await request.look(fault);
  now += 900_000;
  await request.look(fault);
}

const asked = (): unknown => JSON.parse(contents.objects.get(key)?.body ?? "null");
const permit = (holder: string) => ({ holder, purpose: "disturb", reason: "", fence: 1, until: new Date(now + 10_000_000).toISOString() });

it("asks in the store where no group brings another machine, and takes that back", async () => {
  const request = agent("on request");
  await lasts(request, rootDisk);
  expect(asked()).toEqual({
    seat: "etcd-1",
    want: "machine",
    machine: "orchard-etcd-1.42",
    reason: "EROFS",
    at: "2026-03-01T12:15:00.000Z",
  });
  await request.look({ kind: "no-volume", reason: "gone" });
  expect(asked()).toMatchObject({ want: "volume", reason: "gone" });
  await request.look(undefined);
  expect([asked(), ran]).toEqual([null, []]);
});

it("takes back what the machine before it has asked for", async () => {
  contents.put(
    key,
    JSON.stringify({ seat: "etcd-1", want: "machine", machine: "orchard-etcd-1.41", reason: "", at: new Date(now).toISOString() }),
  );
  await agent("on request").look(undefined);
  expect(asked()).toBeNull();
});

it("goes by its power under the permit where a group brings another machine", async () => {
  await lasts(agent("by power"), rootDisk);
  expect([asked(), ran]).toEqual([null, ["systemctl poweroff --force --force"]]);
  expect(JSON.parse(contents.objects.get("permit")?.body ?? "")).toMatchObject({ holder: "etcd-1", purpose: "give-up" });
});

it.each([
  ["somebody else holds the permit", () => contents.put("permit", JSON.stringify(permit("master-0")))],
  ["its own seat holds it for something else", () => contents.put("permit", JSON.stringify(permit("etcd-1")))],
  ["it serves, and another one does not", () => (plane = { unhealthy: ["etcd-0"], serves: true, quorumWithout: false })],
])("stays while %s", async (_, before) => {
  before();
  await lasts(agent("by power"), rootDisk);
  expect(ran).toEqual([]);
});
