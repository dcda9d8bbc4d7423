import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEpoch } from "../../../agent/epoch";
import { storeProven } from "../../../agent/machine/store-proof";
import { Place } from "../../../agent/pki/place";
import { MemoryStore } from "../../../agent/store/memory";
import { Objects } from "../../../agent/store/objects";
import type { Writing } from "../../../agent/store/store";

/** Takes whatever is put, as a store does that does not know conditions. */
class Careless extends MemoryStore {
  careless = true;
  override putIfAbsent(key: string, body: string): Promise<Writing> {
    return this.careless ? Promise.resolve(this.contents.put(key, body)) : super.putIfAbsent(key, body);
  }
}

const ids = () => Promise.resolve({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 });
const files = { proven: "/var/lib/coppice/store-proven", refused: "/var/lib/coppice/store-refused" };
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "coppice-"));
  mkdirSync(join(root, "var/lib"), { recursive: true });
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(root, { recursive: true });
});

function machine(bucket = "example-store") {
  const store = new Careless(Date.now);
  const at = { kind: "s3" as const, bucket, region: "eu-central-1", endpoint: "https://store.example.com" };
  const identity = { name: "etcd-0", store: at } as unknown as Parameters<typeof storeProven>[0]["identity"];
  return {
    store: Object.assign(store, { getFile: () => Promise.reject(new Error()), putFileIfAbsent: () => Promise.reject(new Error()) }),
    objects: new Objects(store, () => performance.now()),
    place: new Place(root, ids),
    identity,
    health: { serves: false, state: "starts" },
  };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 50));

async function halted({ health }: ReturnType<typeof machine>): Promise<void> {
  for (let tries = 0; !health.state.startsWith("halt") && tries < 100; tries += 1) await soon();
}

test("a store that was proven is not asked again", async () => {
  const first = machine();
  first.store.careless = false;
  await storeProven(first, 1);
  expect(await first.place.read(files.proven)).toContain("example-store");
  await storeProven(machine(), 1);
});

test("a store that was refused is not asked again, not by the next agent either, until a person removes the refusal", async () => {
  const first = machine();
  let over = false;
  const waiting = storeProven(first, 1).then(() => (over = true));
  await halted(first);
  expect(first.health.state).toMatch(
    /^halt: the store is of no use: it accepts put-if-absent .*store-refused holds this machine until a person removes it$/,
  );
  const next = machine();
  next.store.careless = false;
  const later = storeProven(next, 1).then(() => (over = true));
  await halted(next);
  expect(over).toBe(false);
  expect(next.health.state).toBe(first.health.state);
  // The first one is of no more interest than to end.
  first.store.faults.failure = { kind: "unavailable", reason: "503" };
  first.store.careless = false;
  await first.place.remove(files.refused);
  await later;
  delete first.store.faults.failure;
  await waiting;
});

test("a refusal is about one store", async () => {
  const first = machine();
  const waiting = storeProven(first, 1);
  await soon();
  const other = machine("other-store");
  other.store.careless = false;
  await storeProven(other, 1);
  first.store.careless = false;
  await first.place.remove(files.refused);
  await waiting;
});

test("the long proof is for a cluster that begins", async () => {
  const puts = async (begun: boolean, bucket: string) => {
    const one = machine(bucket);
    one.store.careless = false;
    const seats = [{ name: "etcd-0", peerUrl: "https://10.0.0.1:2380" }];
    if (begun) await createEpoch(one.objects, "orchard", seats, "0".repeat(32));
    const counted = jest.spyOn(one.store, "putIfAbsent");
    await storeProven(one, 1);
    return counted.mock.calls.length;
  };
  expect(await puts(true, "begun")).toBeLessThan((await puts(false, "new")) / 8);
});
