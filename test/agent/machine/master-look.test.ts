import { seatStatus } from "../../../constructs/spec/store";
import type { Configuring } from "../../../agent/machine/machine";
import { masterLook } from "../../../agent/machine/master-look";
import { timing } from "../../../agent/timing";
import { Disk } from "../pki/disk";
import { World } from "../pki/world";

test("a master says again how it stands, whatever its seat said before", async () => {
  const said = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  const world = await new World().begin();
  const disk = new Disk();
  const objects = world.objects();
  const before = { seat: "master-0", machine: "i-0", bootId: "a", at: new Date(0).toISOString(), phase: "run", epoch: 1, healthy: true };
  await objects.create("seats/master-0", seatStatus.parse(before));
  const health = { serves: true, state: "starts" };
  const machine = { health, place: disk.place, objects, name: "master-0", bootId: "b", instance: "i-1", times: timing };
  const look = masterLook({ ...machine, configured: { digest: "c".repeat(64) } } as unknown as Configuring);
  const status = () => seatStatus.parse(JSON.parse(world.contents.objects.get("seats/master-0")?.body ?? ""));
  await look();
  await look();
  expect(status()).toMatchObject({ machine: "i-1", phase: "wait", healthy: false, at: new Date(world.now).toISOString() });
  world.now += timing.statusEvery * 1000;
  await look();
  expect(status().at).toBe(new Date(world.now).toISOString());
  expect(health).toEqual({ serves: false, state: "wait: the API server is not ready" });
  said.mockRestore();
  disk.remove();
});
