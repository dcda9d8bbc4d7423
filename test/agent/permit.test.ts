import { acquirePermit, mayNotDisturb, mayNotGiveUp, permitLeft, readPermit, releasePermit } from "../../agent/permit";
import { MemoryStore } from "../../agent/store/memory";
import { Objects } from "../../agent/store/objects";

let clock = 0;
const memory = () => new MemoryStore(() => 1_000_000 + clock);
/** A machine whose own clock began anywhere. */
const machine = (store: MemoryStore, began: number) =>
  new Objects(new MemoryStore(() => 1_000_000 + clock, store.contents), () => began + clock);

beforeEach(() => (clock = 0));

test("one holder at a time, by the store's clock, with a fencing number that only grows", async () => {
  const store = memory();
  const [one, two] = [machine(store, 5), machine(store, 7e9)];
  const first = await acquirePermit(one, "etcd-0", "disturb", "update", 900);
  expect(first).toMatchObject({ kind: "held", held: { permit: { fence: 1 } } });
  expect(await acquirePermit(two, "master-1", "disturb", "update", 900)).toMatchObject({ kind: "taken", by: { holder: "etcd-0" } });
  clock = 900_000;
  expect(await acquirePermit(two, "master-1", "disturb", "update", 900)).toMatchObject({ kind: "held", held: { permit: { fence: 2 } } });
  expect(permitLeft(first.kind === "held" ? first.held : undefined, 5 + clock)).toBeUndefined();
});

test("of two that ask at once, one gets it", async () => {
  const store = memory();
  const answers = await Promise.all(["etcd-0", "etcd-1"].map((name) => acquirePermit(machine(store, 0), name, "disturb", "update", 900)));
  expect(answers.map(({ kind }) => kind).sort()).toEqual(["held", "lost"]);
});

test("the next machine of the seat takes up what its seat holds", async () => {
  const store = memory();
  await acquirePermit(machine(store, 0), "etcd-0", "replace-member", "disk lost", 900);
  expect(await acquirePermit(machine(store, 9), "etcd-0", "replace-member", "disk lost", 900)).toMatchObject({
    kind: "held",
    held: { permit: { fence: 2 } },
  });
});

test("given back, it is there for the next one, and only its holder gives it back", async () => {
  const store = memory();
  await acquirePermit(machine(store, 0), "etcd-0", "disturb", "update", 900);
  await releasePermit(machine(store, 0), "etcd-1");
  expect(await acquirePermit(machine(store, 0), "etcd-1", "disturb", "update", 900)).toMatchObject({ kind: "taken" });
  await releasePermit(machine(store, 0), "etcd-0");
  expect(await acquirePermit(machine(store, 0), "etcd-1", "disturb", "update", 900)).toMatchObject({
    kind: "held",
    held: { permit: { fence: 2 } },
  });
});

test("the time that the store took to answer counts as used", async () => {
  const store = memory();
  const objects = machine(store, 0);
  const slow = jest.spyOn(objects, "create").mockImplementation((key, value) => {
    clock += 4000;
    return Promise.resolve(store.contents.put(key, JSON.stringify(value)));
  });
  const acquired = await acquirePermit(objects, "etcd-0", "disturb", "update", 10);
  expect(slow).toHaveBeenCalled();
  expect(permitLeft(acquired.kind === "held" ? acquired.held : undefined, clock)).toBe(6);
});

test("without the store there is none, and a torn one is never overwritten", async () => {
  const store = memory();
  store.contents.put("permit", "{");
  const objects = machine(store, 0);
  expect(await acquirePermit(objects, "etcd-0", "disturb", "update", 900)).toMatchObject({ kind: "torn" });
  expect(await readPermit(objects)).toMatchObject({ kind: "torn" });
  store.faults.failure = { kind: "unavailable", reason: "503" };
  expect(await acquirePermit(new Objects(store, () => 0), "etcd-0", "disturb", "update", 900)).toEqual({
    kind: "unavailable",
    reason: "503",
  });
});

test.each([
  ["all others healthy", { unhealthy: [] }, "update", undefined],
  ["another one is not", { unhealthy: ["etcd-1"] }, "roll-out", "not healthy: etcd-1"],
  ["at NOSPACE a quorum is enough", { unhealthy: ["etcd-1"] }, "nospace", undefined],
  ["but that it must have", { unhealthy: ["etcd-1"], quorumWithout: false }, "nospace", "etcd would have no quorum without this machine"],
] as const)("to disturb: %s", (_name, plane, why, refused) => {
  expect(mayNotDisturb({ serves: true, quorumWithout: true, ...plane }, why)).toBe(refused);
});

test("only what serves nothing is given up", () => {
  expect(mayNotGiveUp({ serves: true, quorumWithout: true, unhealthy: [] })).toBe("this machine still serves");
  expect(mayNotGiveUp({ serves: false, quorumWithout: false, unhealthy: ["etcd-1"] })).toBeUndefined();
});
