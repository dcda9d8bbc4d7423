import { acquirePermit, readPermit, type ControlPlane } from "../../../agent/permit";
import { MemoryStore } from "../../../agent/store/memory";
import { Objects } from "../../../agent/store/objects";
import { underPermit, type Disturbance, type Done } from "../../../agent/upkeep/under-permit";

const well: ControlPlane = { unhealthy: [], serves: true, quorumWithout: true };
let clock = 0;
let store: MemoryStore;
beforeEach(() => {
  clock = 0;
  store = new MemoryStore(() => 1_000_000 + clock);
});
const objects = () => new Objects(store, () => clock);

async function disturb(change: Partial<Disturbance> = {}): Promise<Done & { readonly worked: boolean }> {
  let worked = false;
  const work = () => ((worked = true), Promise.resolve<Done>({ kind: "done" }));
  const times = { permit: 900, permitMargin: 60 };
  const done = await underPermit({
    objects: objects(),
    seat: "etcd-0",
    times,
    why: "defragment",
    plane: () => Promise.resolve(well),
    work,
    ...change,
  });
  return { ...done, worked };
}
const permit = async () => {
  const read = await readPermit(objects());
  return read.kind === "found" ? { ...read.value, taken: Date.parse(read.value.until) > read.now } : read;
};

test("what is done is done while the permit is held, and then it is given back", async () => {
  const seen: unknown[] = [];
  const work = async (): Promise<Done> => {
    seen.push(await permit());
    return { kind: "done" };
  };
  expect(await disturb({ work })).toMatchObject({ kind: "done" });
  expect(seen).toMatchObject([{ holder: "etcd-0", purpose: "disturb", taken: true }]);
  expect(await permit()).toMatchObject({ taken: false });
});

test("what may still be going on keeps it", async () => {
  const work = () => Promise.resolve<Done>({ kind: "unknown", reason: "no answer within 600 s" });
  expect(await disturb({ work })).toMatchObject({ kind: "unknown" });
  expect(await permit()).toMatchObject({ taken: true });
});

test("nothing is done when looking at the others took all of its time", async () => {
  const plane = () => {
    clock += 850_000;
    return Promise.resolve(well);
  };
  expect(await disturb({ plane })).toMatchObject({ kind: "not-now", reason: "the permit is about to expire", worked: false });
});

test("at NOSPACE a quorum is enough, otherwise not", async () => {
  const plane = () => Promise.resolve({ ...well, unhealthy: ["master-1"] });
  expect(await disturb({ plane })).toMatchObject({ kind: "not-now", reason: "not healthy: master-1", worked: false });
  expect(await disturb({ plane, why: "nospace" })).toMatchObject({ kind: "done", worked: true });
});

test("the seat's own loop that takes it in between has it, and keeps it", async () => {
  // Between the one look at the permit and the other.
  const gets = { count: 0 };
  store.faults.pause = async (moment, key) => {
    if (moment !== "after" || key !== "permit" || gets.count++ > 0) return;
    await acquirePermit(new Objects(new MemoryStore(() => 1_000_000, store.contents), () => 0), "etcd-0", "disturb", "roll-out", 900);
  };
  expect(await disturb()).toMatchObject({ kind: "not-now", worked: false });
  expect(await permit()).toMatchObject({ holder: "etcd-0", taken: true });
});

test("the seat's own loop that takes it up meanwhile keeps it", async () => {
  const work = async (): Promise<Done> => {
    await acquirePermit(objects(), "etcd-0", "disturb", "roll-out", 900);
    return { kind: "done" };
  };
  expect(await disturb({ work })).toMatchObject({ kind: "done" });
  expect(await permit()).toMatchObject({ reason: "roll-out", taken: true });
});
