import * as fc from "fast-check";
import { keys } from "../../../agent/store/keys";
import { reconcile } from "../../../cli/reconcile/run";
import { Agents } from "./agents";
import { blows, healsAll } from "./sequences";
import { ModelWorld } from "./world";

it("ends whole after any sequence of blows, and never does what no repair may do", async () => {
  await fc.assert(
    fc.asyncProperty(blows, (sequence) => healsAll(new ModelWorld(), sequence)),
    { numRuns: 100 },
  );
});

/** A cluster in which everybody has spoken. */
async function whole(): Promise<{ world: ModelWorld; agents: Agents }> {
  const world = new ModelWorld();
  const agents = new Agents(world);
  await agents.speak();
  await agents.speak();
  return { world, agents };
}

it("does nothing where nothing is broken", async () => {
  const { world } = await whole();
  const { done, refused } = await world.run();
  expect([done, refused]).toEqual([[], undefined]);
});

describe("a meltdown", () => {
  it("is nobody's to heal: an account that sees nothing makes no second machine", async () => {
    const { world } = await whole();
    world.blind = true;
    expect((await world.run()).refused).toContain("9 of 9 look broken at once, and more than 5 is no fault of their own");
    expect(await world.violations()).toEqual([]);
  });

  it("is not what half of the machines are", async () => {
    const { world, agents } = await whole();
    for (const name of ["etcd-0", "etcd-1", "master-2", "worker-0", "worker-1"]) await world.harm("power-off", name);
    expect((await world.run()).refused).toBeUndefined();
    await world.run();
    expect(await agents.missing()).toEqual([]);
  });
});

it("heals nothing in a pause", async () => {
  const { world } = await whole();
  await world.harm("delete", "etcd-0");
  const repair = JSON.parse(world.contents.objects.get("desired/repair")?.body ?? "") as object;
  world.contents.put("desired/repair", JSON.stringify({ ...repair, pausedUntil: new Date(world.now + 1000).toISOString() }));
  expect((await world.run()).refused).toBe("repairs pause until 2026-03-01T12:00:01.000Z");
  world.now += 1000;
  expect((await world.run()).done).toHaveLength(1);
});

it("does nothing while a store answers in part", async () => {
  const { world } = await whole();
  await world.harm("delete", "worker-0");
  world.contents.put(keys.status("etcd-1"), "torn");
  expect((await world.run()).refused).toBe("only a part is known, so nothing is done: seats/etcd-1 in the store: it is not JSON");
  world.faults.failure = { kind: "unavailable", reason: "503" };
  expect((await world.run()).refused).toContain("503");
  expect(world.machinesThere.has("worker-0")).toBe(false);
});

describe("a machine that is on and silent", () => {
  const until = async (world: ModelWorld, agents: Agents, minutes: number): Promise<void> => {
    for (let passed = 0; passed < minutes; passed += 15) {
      world.now += 15 * 60_000;
      await agents.speak();
      await world.run();
    }
  };

  it("is made anew after two boot deadlines, and once", async () => {
    const { world, agents } = await whole();
    const uuid = world.machinesThere.get("master-1")?.uuid ?? "";
    agents.mute.add(uuid);
    await until(world, agents, 75);
    expect(world.machinesThere.get("master-1")?.uuid).toBe(uuid);
    await until(world, agents, 30);
    const next = world.machinesThere.get("master-1")?.uuid ?? "";
    expect(next).not.toBe(uuid);
    agents.mute.add(next);
    await until(world, agents, 300);
    expect(world.machinesThere.get("master-1")?.uuid).toBe(next);
    const { decision } = await world.run();
    expect(decision?.verdicts.find(({ seen }) => seen.member.name === "master-1")?.verdict.kind).toBe("person");
    expect(await world.violations()).toEqual([]);
  });

  it("stays while another one of the control plane is silent, too: both may serve", async () => {
    const { world, agents } = await whole();
    for (const name of ["master-1", "etcd-2"]) agents.mute.add(world.machinesThere.get(name)?.uuid ?? "");
    await until(world, agents, 600);
    expect(await world.violations()).toEqual([]);
    expect((await world.run()).decision?.held.map(({ why }) => why)).toEqual([
      "it may still serve, and these are not healthy: master-1",
      "it may still serve, and these are not healthy: etcd-2",
    ]);
  });

  it("stays while another machine holds the permit, also when that one takes it between plan and apply", async () => {
    const { world, agents } = await whole();
    agents.mute.add(world.machinesThere.get("master-1")?.uuid ?? "");
    const taken = (): void => {
      const permit = {
        holder: "etcd-0",
        purpose: "disturb",
        reason: "roll-out",
        fence: 99,
        until: new Date(world.now + 900_000).toISOString(),
      };
      world.contents.put(keys.permit, JSON.stringify(permit));
    };
    world.between = taken;
    await until(world, agents, 300);
    expect(await world.violations()).toEqual([]);
    expect((await world.run()).decision?.held[0]?.why).toContain("etcd-0 holds the permit until");
  });
});

it("refuses a plan that would destroy a data disk, and says which", async () => {
  const { world } = await whole();
  await world.harm("delete", "etcd-1");
  world.differs.add("vsphere_virtual_disk.etcd-1-volume");
  const { done } = await world.run();
  expect(done.map(({ outcome }) => outcome)).toEqual([
    {
      kind: "refused",
      refusals: [
        {
          address: "vsphere_virtual_disk.etcd-1-volume",
          value: "delete+create",
          rule: "a data disk is never destroyed",
          then: "find out why Terraform wants to: nothing that this run asks for needs it",
        },
      ],
    },
  ]);
  expect(await world.violations()).toEqual([]);
});

it("makes the machine anew with a blank volume where one is off and its volume is lost", async () => {
  const { world, agents } = await whole();
  await world.harm("power-off", "etcd-2");
  await world.harm("lose-volume", "etcd-2");
  expect((await world.run()).done.map(({ repair, outcome }) => [repair.kind, outcome.kind])).toEqual([["start", "healed"]]);
  expect(await agents.missing()).toEqual([]);
  expect(await world.violations()).toEqual([]);
});

it("keeps the permit of a seat whose machine it took down and could not make anew", async () => {
  const { world } = await whole();
  const request = {
    seat: "etcd-1",
    want: "machine",
    machine: world.machinesThere.get("etcd-1")?.uuid,
    reason: "EROFS",
    at: new Date(world.now).toISOString(),
  };
  world.contents.put("requests/seats/etcd-1", JSON.stringify(request));
  const status = JSON.parse(world.contents.objects.get(keys.status("etcd-1"))?.body ?? "") as object;
  world.contents.put(keys.status("etcd-1"), JSON.stringify({ ...status, healthy: false }));
  Object.assign(world.machinesThere.get("etcd-1") ?? {}, { serves: false });
  world.fails = () => true;
  const { done } = await world.run();
  expect(done.map(({ outcome }) => outcome.kind)).toEqual(["failed"]);
  const permit = JSON.parse(world.contents.objects.get(keys.permit)?.body ?? "") as { holder: string; until: string };
  expect(permit.holder).toBe("etcd-1");
  expect(Date.parse(permit.until)).toBeGreaterThan(world.now);
  delete world.fails;
  expect((await world.run()).done.map(({ repair, outcome }) => [repair.kind, outcome.kind])).toEqual([["make", "healed"]]);
});

describe("a volume that failed", () => {
  const asks = (world: ModelWorld): void => {
    const machine = world.machinesThere.get("etcd-1")?.uuid;
    const at = new Date(world.now).toISOString();
    world.contents.put(
      "requests/seats/etcd-1",
      JSON.stringify({ seat: "etcd-1", want: "volume", failed: true, machine, reason: "EIO", at }),
    );
    const status = JSON.parse(world.contents.objects.get(keys.status("etcd-1"))?.body ?? "") as object;
    world.contents.put(keys.status("etcd-1"), JSON.stringify({ ...status, healthy: false }));
    Object.assign(world.machinesThere.get("etcd-1") ?? {}, { serves: false });
  };

  it("is kept and put on record, and the seat has a blank one in another machine", async () => {
    const { world } = await whole();
    const [old, uuid] = [world.machinesThere.get("etcd-1")?.volume ?? "", world.machinesThere.get("etcd-1")?.uuid];
    asks(world);
    expect((await world.run()).done.map(({ repair, outcome }) => [repair.kind, outcome.kind])).toEqual([["retire", "healed"]]);
    expect(world.disks.has(old)).toBe(true);
    expect(world.machinesThere.get("etcd-1")?.volume).not.toBe(old);
    expect(world.machinesThere.get("etcd-1")?.uuid).not.toBe(uuid);
    expect(JSON.parse(world.contents.objects.get("reconcile")?.body ?? "{}")).toMatchObject({ retired: [{ seat: "etcd-1" }] });
    expect(world.contents.objects.has("requests/seats/etcd-1")).toBe(false);
    expect((await world.run()).done).toEqual([]);
    expect(await world.violations()).toEqual([]);
  });

  it("stays while the others are no quorum without it", async () => {
    const { world } = await whole();
    await world.harm("delete", "etcd-2");
    asks(world);
    const { done, decision } = await world.run();
    expect(done.map(({ repair }) => repair.kind)).toEqual(["make"]);
    expect(decision?.held.map(({ why }) => why)).toEqual([
      "only 1 of the other seats are healthy: its volume may hold what nobody else has",
    ]);
  });

  it("is not touched by a run that only looks", async () => {
    const { world } = await whole();
    asks(world);
    const before = JSON.stringify([[...world.state], [...world.contents.objects]]);
    const { done } = await reconcile({ ...world.looking, dryRun: true });
    expect(done.map(({ outcome }) => outcome.kind)).toEqual(["healed"]);
    expect(JSON.stringify([[...world.state], [...world.contents.objects]])).toBe(before);
  });
});
