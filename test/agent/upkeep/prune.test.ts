import { epoch } from "../../../constructs/spec/store";
import { MemoryStore } from "../../../agent/store/memory";
import { Objects } from "../../../agent/store/objects";
import { prune, readSnapshots, type KnownRecords } from "../../../agent/upkeep/prune";

const start = Date.parse("2030-06-15T12:00:00.000Z");
const day = 86_400_000;
const policy = { keepHours: 24, keepDays: 30 };

let store: MemoryStore;
let known: KnownRecords;
beforeEach(() => {
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  store = new MemoryStore(() => start);
  known = new Map();
});
afterEach(() => jest.restoreAllMocks());

function put(epoch: number, revision: number, ageDays: number): void {
  const at = new Date(start - ageDays * day).toISOString();
  const record = { epoch, revision, sha256: "0".repeat(64), bytes: 1, takenAt: at, verifiedAt: at };
  store.contents.put(`snapshots/${epoch}/${revision}.json`, JSON.stringify(record));
  store.contents.put(`snapshots/${epoch}/${revision}.db`, "x");
}

async function pruned(named?: string): Promise<unknown> {
  const objects = new Objects(store, () => 0);
  // The clock of the store is heard with the first answer.
  await objects.read("epoch", epoch);
  const stored = await readSnapshots(objects, known);
  return "unknown" in stored ? stored : prune(objects, stored, policy, named);
}

const left = (): readonly string[] => [...store.contents.objects.keys()].map((key) => key.replace("snapshots/", "")).sort();

test("old ones go with their data; named, newest and what is not understood stay", async () => {
  put(1, 80, 90);
  put(1, 90, 80);
  put(1, 95, 70);
  put(2, 100, 60);
  put(2, 110, 50);
  store.contents.put("snapshots/2/107.json", "{");
  store.contents.put("snapshots/2/107.db", "x");
  store.contents.put("snapshots/2/105.db", "left by a crash");
  store.contents.put("snapshots/2/130.db", "perhaps under way");
  store.contents.put("snapshots/README", "of a person");
  put(3, 200, 0);
  expect(await pruned("snapshots/1/90.json")).toBe(7);
  const kept = ["1/90.db", "1/90.json", "2/107.db", "2/107.json", "2/110.db", "2/110.json", "2/130.db", "3/200.db", "3/200.json"];
  expect(left()).toEqual([...kept, "README"]);
});

test("a record is never left without its data", async () => {
  put(1, 80, 90);
  put(1, 90, 80);
  put(2, 100, 60);
  put(3, 200, 0);
  const real = store.delete.bind(store);
  const away = { kind: "unavailable", reason: "503" } as const;
  const spy = jest.spyOn(store, "delete").mockImplementation((key) => (key.endsWith(".db") ? Promise.resolve(away) : real(key)));
  expect(await pruned()).toEqual({ unknown: "snapshots/1/80.db: unavailable, 503" });
  expect(left()).toContain("1/80.db");
  expect(left()).not.toContain("1/80.json");
  // The next one finds what is left: nothing names it, and what came later is old.
  spy.mockRestore();
  await pruned();
  expect(left()).not.toContain("1/80.db");
});

test("each record is read once, and none is deleted while one cannot be read", async () => {
  put(1, 80, 90);
  put(1, 90, 80);
  put(2, 100, 60);
  const read: string[] = [];
  store.faults.pause = (moment, key) => {
    if (moment === "before") read.push(key);
    if (key.endsWith("100.json")) store.faults.failure = { kind: "unavailable", reason: "503" };
    return undefined;
  };
  expect(await pruned()).toMatchObject({ unknown: expect.stringContaining("503") as string });
  expect(left()).toHaveLength(6);
  delete store.faults.failure;
  store.faults.pause = (moment, key) => void (moment === "before" && read.push(key));
  await pruned();
  expect(read.filter((key) => key === "snapshots/1/80.json")).toHaveLength(2);
  expect(read.filter((key) => key === "snapshots/2/100.json")).toHaveLength(2);
});
