import fc from "fast-check";
import { fingerprintOf, type Authority } from "../../../agent/pki/certificates";
import { settle, settleGeneration, type Settled } from "../../../agent/pki/births";
import { purposes, type Purpose } from "../../../agent/pki/purposes";
import { sourceOf } from "../../../agent/pki/trust";
import { readEpoch } from "../../../agent/epoch";
import type { MemoryFaults } from "../../../agent/store/memory";
import { World } from "./world";

const all = Object.keys(purposes) as Purpose[];
const authoritiesOf = (settled: Settled): readonly Authority[] => {
  if (settled.kind !== "settled") throw new Error(`${settled.kind}: ${settled.reason}`);
  return settled.generations;
};
const recordedIn = async (world: World, purpose: Purpose): Promise<string | undefined> => {
  const epoch = await readEpoch(world.objects());
  return epoch.kind === "found" ? (epoch.value.authorities[`${purpose}/1`] ?? world.fingerprints.recorded.get(`${purpose}/1`)) : undefined;
};

test.each(all)("%s is born once, recorded and readable again", async (purpose) => {
  const world = await new World().begin();
  const role = purposes[purpose].bornBy;
  const [first] = authoritiesOf(await settle(world.machine(role), purpose));
  const [again] = authoritiesOf(await settle(world.machine(role), purpose));
  expect(again).toEqual(first);
  expect(await recordedIn(world, purpose)).toBe(first && fingerprintOf(first));
  const published = [...world.contents.objects.keys()].filter((key) => key.startsWith("trust/"));
  expect(published).toEqual(purposes[purpose].form === "authority" ? [`trust/${purpose}/1`] : []);
});

test("racing births end with one authority, on whichever machine, however the answers come", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.constantFrom<Purpose>("etcd-peer", "cluster/encryption"),
      fc.integer({ min: 2, max: 4 }),
      async (scheduler, purpose, machines) => {
        const world = await new World().begin();
        const role = purposes[purpose].bornBy;
        const pause: MemoryFaults = { pause: () => scheduler.schedule(Promise.resolve()) };
        const settled = Promise.all(Array.from({ length: machines }, () => settle(world.machine(role, pause), purpose)));
        await scheduler.waitFor(settled);
        const fingerprints = new Set((await settled).flatMap((one) => authoritiesOf(one).map(fingerprintOf)));
        expect(fingerprints.size).toBe(1);
        expect(await recordedIn(world, purpose)).toBe([...fingerprints][0]);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

test("a birth that is cut off at any call is finished by the next round, with the same authority", async () => {
  for (let cut = 0; cut < 12; cut += 1) {
    const world = await new World().begin();
    let calls = 0;
    const faults: MemoryFaults = {};
    faults.pause = (moment) => {
      if (moment === "before" && ++calls > cut) faults.failure = { kind: "unavailable", reason: "503" };
      return undefined;
    };
    const first = await settle(world.machine("etcd", faults), "etcd-client");
    const after = authoritiesOf(await settle(world.machine("etcd"), "etcd-client"));
    expect(after).toHaveLength(1);
    if (first.kind === "settled") expect(first.generations).toEqual(after);
    else expect(first).toEqual({ kind: "unavailable", reason: "503" });
    expect(world.contents.objects.has("trust/etcd-client/1")).toBe(true);
  }
});

test.each<[string, (world: World) => void, string]>([
  [
    "missing",
    (world) => void world.contents.objects.delete("pki/etcd-peer/1"),
    "pki/etcd-peer/1 is missing, and its fingerprint is on record",
  ],
  ["torn", (world) => void world.contents.put("pki/etcd-peer/1", '{"purpose":'), "pki/etcd-peer/1 is not readable (it is not JSON)"],
  ["not its own", (world) => swap(world, "etcd-peer", "etcd-client"), "pki/etcd-peer/1 says it is etcd-client/1"],
])("a recorded authority that is %s halts, and nothing is born", async (_name, damage, reason) => {
  const world = await new World().begin();
  await settle(world.machine("etcd"), "etcd-peer");
  await settle(world.machine("etcd"), "etcd-client");
  damage(world);
  const before = new Map(world.contents.objects);
  expect(await settle(world.machine("etcd"), "etcd-peer")).toEqual({
    kind: "halt",
    reason: `${reason}: restore the object from a machine's copy or the bucket's versions; no new one is born`,
  });
  expect(world.contents.objects).toEqual(before);
});

test("a sound authority of another cluster halts", async () => {
  const [world, other] = [await new World().begin(), await new World().begin()];
  await settle(world.machine("master"), "cluster/kubernetes");
  await settle(other.machine("master"), "cluster/kubernetes");
  world.contents.put("pki/cluster/kubernetes/1", other.contents.objects.get("pki/cluster/kubernetes/1")?.body ?? "");
  expect(await settle(world.machine("master"), "cluster/kubernetes")).toMatchObject({
    kind: "halt",
    reason: expect.stringContaining("is another one than the one on record") as string,
  });
});

test("a key that was changed beneath its certificate halts", async () => {
  const world = await new World().begin();
  const [born] = authoritiesOf(await settle(world.machine("etcd"), "etcd-peer"));
  const [other] = authoritiesOf(await settle(world.machine("etcd"), "etcd-client"));
  world.contents.put("pki/etcd-peer/1", JSON.stringify({ ...born, key: other?.key }));
  expect(await settle(world.machine("etcd"), "etcd-peer")).toMatchObject({
    kind: "halt",
    reason: expect.stringContaining("holds a key that is not its certificate's") as string,
  });
});

test("an emptied store brings forth no second authority of the masters: their record is in etcd", async () => {
  const world = await new World().begin();
  for (const purpose of all.filter((one) => purposes[one].bornBy === "master")) await settle(world.machine("master"), purpose);
  world.contents.empty();
  for (const purpose of all.filter((one) => purposes[one].bornBy === "master")) {
    expect((await settle(world.machine("master"), purpose)).kind).toBe("halt");
  }
  expect(world.contents.objects.size).toBe(0);
});

test("nothing of etcd is born without an epoch to record it in, nor by a machine of another role", async () => {
  const world = new World();
  expect(await settle(world.machine("etcd"), "etcd-peer")).toEqual({ kind: "unavailable", reason: "there is no epoch yet" });
  await world.begin();
  expect(await settle(world.looker(), "etcd-client")).toEqual({ kind: "unborn", reason: "etcd-client/1 is not born yet" });
  expect([...world.contents.objects.keys()]).toEqual(["epoch"]);
  const born = authoritiesOf(await settle(world.machine("etcd"), "etcd-client"));
  expect(authoritiesOf(await settle(world.looker(), "etcd-client"))).toEqual(born);
});

test("a second generation stands beside the first, and workers see both certificates", async () => {
  const world = await new World().begin();
  const master = world.machine("master");
  await settle(master, "cluster/kubernetes");
  const recorded = await master.fingerprints.all();
  await settleGeneration(master, "cluster/kubernetes", 2, recorded.kind === "recorded" ? recorded.fingerprints : {});
  const both = authoritiesOf(await settle(world.machine("master"), "cluster/kubernetes"));
  expect(both.map(({ generation }) => generation)).toEqual([1, 2]);
  expect(await sourceOf(world.machine("worker"), "cluster/kubernetes")).toEqual({
    kind: "published",
    certificates: both.map(({ certificate }) => certificate),
  });
});

test("a worker halts on trust that is no certificate", async () => {
  const world = await new World().begin();
  expect((await sourceOf(world.machine("worker"), "cluster/kubernetes")).kind).toBe("unborn");
  world.contents.put("trust/cluster/kubernetes/1", JSON.stringify({ purpose: "cluster/kubernetes", certificates: ["garbage"] }));
  expect(await sourceOf(world.machine("worker"), "cluster/kubernetes")).toMatchObject({ kind: "halt" });
});

function swap(world: World, into: Purpose, from: Purpose): void {
  world.contents.put(`pki/${into}/1`, world.contents.objects.get(`pki/${from}/1`)?.body ?? "");
}
