import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bear, type Authority } from "../../agent/pki/certificates";
import { rebuildStore } from "../../cli/rebuild-store";
import type { Epoch } from "../../constructs/spec/store";
import { disk, epoch, start, StoreWorld } from "./cluster";

const folder = mkdtempSync(join(tmpdir(), "coppice-rebuild-"));
afterAll(() => rmSync(folder, { recursive: true }));

let peer: Authority;
let encryption: Authority;
let onRecord: Epoch;
let world: StoreWorld;
beforeAll(async () => {
  peer = await bear("orchard", "etcd-peer", 1, start);
  encryption = await bear("orchard", "cluster/encryption", 1, start);
  onRecord = epoch({ authorities: { "etcd-peer/1": peer.fingerprint } });
});
beforeEach(() => {
  world = new StoreWorld();
});

let files = 0;
function file(content: unknown): string {
  const path = join(folder, `copy-${files++}.json`);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}
const rebuild = (...contents: unknown[]) => rebuildStore(world.cluster, contents.map(file), { replace: false });
const replace = (...contents: unknown[]) => rebuildStore(world.cluster, contents.map(file), { replace: true });
const terraform = "what Terraform wants of the machines comes back with: npx cdktf deploy orchard-aws orchard-aws-addons";

test("an emptied store gets back what the machines kept, keys before the epoch", async () => {
  expect(await rebuild(onRecord, peer, encryption)).toEqual([
    "pki/etcd-peer/1: put back",
    "pki/cluster/encryption/1: put back",
    "epoch: put back",
    terraform,
  ]);
  expect(world.take("epoch")).toEqual(onRecord);
  expect(world.take("pki/etcd-peer/1")).toEqual(peer);
  const versions = ["pki/etcd-peer/1", "pki/cluster/encryption/1", "epoch"].map((key) => Number(world.contents.objects.get(key)?.version));
  expect(versions).toEqual([1, 2, 3]);
});

test("running it again changes nothing, and says what is still missing", async () => {
  await rebuild(onRecord, peer);
  const contents = JSON.stringify([...world.contents.objects]);
  expect(await rebuild(onRecord, peer)).toEqual(["pki/etcd-peer/1: was there", "epoch: was there", terraform]);
  expect((await rebuild(onRecord))[1]).toBe("not among the files, and on record: etcd-peer/1");
  expect(JSON.stringify([...world.contents.objects])).toBe(contents);
});

describe("of several copies of the epoch", () => {
  test("the one that knows all that the others know counts", async () => {
    const older = { ...onRecord, joined: onRecord.joined.slice(0, 2) };
    const begun = { ...onRecord, state: "bootstrapping", joined: [], authorities: {} };
    await rebuild(older, epoch({ number: 1, token: disk("f") }), onRecord, begun);
    expect(world.take("epoch")).toEqual(onRecord);
  });

  test.each<[string, Partial<Epoch>]>([
    ["each of which knows a seat that the other does not", { joined: [{ seat: "etcd-0", disk: disk("0") }], authorities: {} }],
    ["of two lives", { token: disk("f") }],
    ["with another authority", { authorities: { "etcd-peer/1": "f".repeat(64) } }],
  ])("those %s are left to a person", async (_, changes) => {
    const one = { ...onRecord, joined: onRecord.joined.slice(1) };
    await expect(rebuild(one, { ...onRecord, ...changes })).rejects.toThrow(/contradict each other: give only the copy of the machine/);
    expect(world.contents.objects.size).toBe(0);
  });
});

test("two copies that know another disk of a seat each are left to a person", async () => {
  const [first, ...others] = onRecord.joined;
  const other = { ...onRecord, joined: [{ seat: first?.seat ?? "", disk: disk("9") }, ...others] };
  await expect(rebuild(onRecord, other)).rejects.toThrow(/contradict each other/);
});

describe("nothing is put back", () => {
  afterEach(() => expect([...world.contents.objects.keys()].filter((key) => key.startsWith("pki/"))).toEqual([]));

  test("of another cluster", async () => {
    await expect(rebuild({ ...onRecord, cluster: "pear" })).rejects.toThrow(/is of cluster pear, not of orchard$/);
    await expect(rebuild(onRecord, await bear("pear", "cluster/kubernetes", 1, start))).rejects.toThrow(
      /is of CN=pear cluster\/kubernetes 1$/,
    );
  });

  test("that is torn, foreign, or not what it says", async () => {
    await expect(rebuild("{ torn")).rejects.toThrow(/is not JSON$/);
    await expect(rebuild({ some: "thing" })).rejects.toThrow(/holds no epoch, no fence and no key of the cluster$/);
    await expect(rebuild(onRecord, { ...peer, purpose: "etcd-friend" })).rejects.toThrow(/is for etcd-friend, which no cluster has$/);
    await expect(rebuild(onRecord, { ...peer, fingerprint: "0".repeat(64) })).rejects.toThrow(
      /does not have the fingerprint that it names$/,
    );
    await expect(
      rebuild(onRecord, { ...encryption, generation: 2 }, await bear("orchard", "cluster/encryption", 2, start)),
    ).rejects.toThrow(/another file holds another cluster\/encryption\/2$/);
  });

  test("that is another one than the one on record, or on no record", async () => {
    const stranger = await bear("orchard", "etcd-peer", 1, start);
    await expect(rebuild(onRecord, stranger)).rejects.toThrow("etcd-peer/1 is another one than the one on record in the epoch");
    await expect(rebuild(onRecord, await bear("orchard", "etcd-client", 1, start))).rejects.toThrow(
      "etcd-client/1 is not on record in the epoch",
    );
  });

  test("without an epoch, or beside another one", async () => {
    await expect(rebuild(peer)).rejects.toThrow("the store holds no epoch: give a seat's copy of it too, /var/lib/etcd/epoch.json");
    world.put("epoch", { ...onRecord, token: disk("f") });
    await expect(rebuild(onRecord, peer)).rejects.toThrow("epoch 2 in the store and epoch 2 of the copy contradict each other");
    world.put("epoch", "{}");
    await expect(rebuild(onRecord, peer)).rejects.toThrow(/^epoch in the store cannot be read: .*; restore it from the bucket's versions$/);
  });
});

test("what is there is never overwritten", async () => {
  const other = await bear("orchard", "cluster/encryption", 1, start);
  world.put("pki/cluster/encryption/1", other);
  await expect(rebuild(onRecord, encryption)).rejects.toThrow(/^pki\/cluster\/encryption\/1 is there, and is another one/);
  expect(world.take("pki/cluster/encryption/1")).toEqual(other);
  expect(world.take("epoch")).toBeUndefined();
});

describe("a store that was rolled back", () => {
  const older = () => ({ ...onRecord, joined: onRecord.joined.slice(0, 2) });

  test("is brought to what the disks know when a person says so", async () => {
    world.put("epoch", older());
    await expect(rebuild(onRecord)).rejects.toThrow(
      /^epoch 2 in the store is older than what the copy of epoch 2 knows: the store was rolled back/,
    );
    expect(world.take("epoch")).toEqual(older());
    expect((await replace(onRecord, peer)).slice(0, 2)).toEqual(["pki/etcd-peer/1: put back", "epoch: replaced"]);
    expect(world.take("epoch")).toEqual(onRecord);
  });

  test("is left alone by a copy that is older still", async () => {
    world.put("epoch", onRecord);
    expect((await replace(older()))[0]).toBe("epoch: was there");
    expect(world.take("epoch")).toEqual(onRecord);
  });
});

describe("a fence whose round the store lost", () => {
  const fence = (round: number, of = 2) => ({ round, seat: "etcd-1", epoch: of, report: { data: "empty" } });
  const round = (number: number, state = "open") => ({
    round: number,
    epoch: 2,
    openedBy: "etcd-1",
    state,
    until: "1970-01-01T00:00:00.000Z",
  });

  test("gets a round that is over, so that the seats close it", async () => {
    expect((await rebuild(onRecord, fence(3), fence(4), fence(9, 1)))[0]).toBe("recovery: put back");
    expect(world.take("recovery")).toEqual(round(4));
  });

  test("changes nothing where the store knows the round, and asks where it knows an older one", async () => {
    world.put("recovery", round(4, "void")).put("epoch", onRecord);
    expect((await rebuild(fence(4)))[0]).toBe("epoch: was there");
    await expect(rebuild(fence(5))).rejects.toThrow(/^round 4 in the store is older than the fence of round 5/);
    expect((await replace(fence(5)))[0]).toBe("recovery: replaced");
    expect(world.take("recovery")).toEqual(round(5));
  });
});
