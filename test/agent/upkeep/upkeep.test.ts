import { createServer } from "node:http";
import type { ControlPlane } from "../../../agent/permit";
import { MemoryStore } from "../../../agent/store/memory";
import { Objects } from "../../../agent/store/objects";
import { acquirePermit, readPermit } from "../../../agent/permit";
import { alarmed } from "../../../agent/upkeep/make-room";
import type { OwnMember } from "../../../agent/upkeep/member";
import { Upkeep } from "../../../agent/upkeep/upkeep";
import { freePort } from "../../loopback";
import { FolderStore } from "./folder-store";
import { fill, put, startMembers, withEtcd, type TestCluster, type TestMember } from "./members";
import { ownMember, temporaryFolder } from "./own-member";

const MiB = 2 ** 20;
const quotaMiB = 32;
const quota = `--quota-backend-bytes=${quotaMiB * MiB}`;

let said: Record<string, unknown>[];
beforeEach(() => {
  said = [];
  jest.spyOn(process.stdout, "write").mockImplementation((line) => {
    said.push(JSON.parse(String(line)) as Record<string, unknown>);
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

withEtcd("room in the database of real members", () => {
  const folder = temporaryFolder();
  let cluster: TestCluster;
  let store: FolderStore;
  /** Seconds that passed in the agents' view. */
  let clock: number;
  beforeEach(() => {
    clock = 0;
    store = new FolderStore(() => Date.parse("2030-01-01T00:00:00.000Z") + clock * 1000);
  });
  afterEach(async () => {
    await cluster.stop();
    store.remove();
  });
  afterAll(() => folder.remove());

  const agents = (rest: Partial<OwnMember> = {}) =>
    cluster.members.map((member) => new Upkeep(ownMember(member, store, folder.path, { monotonic: () => clock * 1000, ...rest })));
  /** All agents look every 10 seconds, until something holds; how many seconds that took them. */
  const until = async (all: readonly Upkeep[], holds: () => Promise<boolean>, atMost = 900): Promise<number> => {
    for (const began = clock; clock - began <= atMost; clock += 10) {
      if (await holds()) return clock - began;
      for (const one of all) one.step();
      await Promise.all(all.map((one) => one.settled()));
    }
    throw new Error(`not within ${atMost} s: ${JSON.stringify(said.slice(-10))}`);
  };
  const writable = async () => (await put(cluster.members[0]?.endpoint ?? "", "/probe", "x")).ok;
  const status = async ({ client }: TestMember) => {
    const answer = await client.status();
    if (answer.kind !== "answered") throw new Error(answer.reason);
    return answer.value;
  };
  const done = (action: string) =>
    said.filter((line) => line["action"] === action && ["answered", "done", "moved"].includes(String(line["result"])));

  test.each([1, 3])(
    "%d full: room is made by the agents, and writes go on",
    async (size) => {
      cluster = await startMembers(size, [quota]);
      const [first] = cluster.members;
      if (!first) throw new Error("no member");
      // The same few keys again and again, as leases are: all but the last of each is only history.
      const taken = await fill(first.endpoint, 10_000, 64_000, (index) => `/registry/leases/${index % 20}`);
      expect(taken).toBeLessThan(600);
      expect(await writable()).toBe(false);
      expect(alarmed(await status(first), "NOSPACE")).not.toEqual([]);
      const plane = () => Promise.resolve({ unhealthy: [], serves: true, quorumWithout: size > 1 });
      const seconds = await until(agents({ plane }), writable);
      expect(seconds).toBeLessThanOrEqual(size === 1 ? 60 : 180);
      for (const member of cluster.members) {
        expect(alarmed(await status(member), "NOSPACE")).toEqual([]);
        expect((await status(member)).dbSize).toBeLessThan(12 * MiB);
      }
      expect(done("defragment")).toHaveLength(size);
      expect(await fill(first.endpoint, 50, 64_000, (index) => `/registry/leases/${index % 20}`)).toBe(50);
      const permit = await readPermit(new Objects(store, () => 0));
      expect(permit).toMatchObject({ kind: "found", value: { purpose: "disturb", reason: "etcd: nospace", fence: size } });
      expect(permit.kind === "found" && Date.parse(permit.value.until) <= permit.now).toBe(true);
    },
    120_000,
  );

  test("full of keys in use: nothing is tried in vain, and people are told once", async () => {
    cluster = await startMembers(1, [quota]);
    const [member] = cluster.members;
    const taken = await fill(member?.endpoint ?? "", 10_000, 64_000, (index) => `/registry/secrets/${index}`);
    const all = agents();
    await until(all, () => Promise.resolve(clock >= 300));
    expect(done("defragment").length).toBeLessThanOrEqual(1);
    expect(said.filter(({ event }) => event === "etcd is full")).toHaveLength(1);
    expect(await writable()).toBe(false);
    // A person deletes.
    const range = {
      key: Buffer.from("/registry/secrets/").toString("base64"),
      range_end: Buffer.from("/registry/secrets0").toString("base64"),
    };
    const deleted = await fetch(`${member?.endpoint}/v3/kv/deleterange`, { method: "POST", body: JSON.stringify(range) });
    // What was refused for want of room may have been written all the same.
    expect(Number(((await deleted.json()) as { deleted: string }).deleted)).toBeGreaterThanOrEqual(taken);
    expect(await until(all, writable)).toBeLessThanOrEqual(120);
  }, 120_000);

  describe("of three that are mostly free", () => {
    beforeEach(async () => {
      cluster = await startMembers(3, [quota]);
      const [first] = cluster.members;
      if (!first) throw new Error("no member");
      await fill(first.endpoint, 430, 64_000, (index) => `/registry/leases/${index % 20}`);
      await first.client.compact((await status(first)).header.revision);
      // The members forget in the background, and count what is free with the next writes.
      for (const member of cluster.members) await settled(async () => (await writable()) && (await status(member)).dbSizeInUse < 4 * MiB);
      expect((await status(first)).dbSize).toBeGreaterThan(0.8 * quotaMiB * MiB);
    }, 120_000);

    test("the leader is last, and gives leadership away first", async () => {
      const leader = await cluster.leader();
      const all = agents();
      // The leader's agent would be the first at every look.
      const first = all[cluster.members.indexOf(leader)];
      const small = async () => (await Promise.all(cluster.members.map(status))).every(({ dbSize }) => dbSize < 8 * MiB);
      for (; !(await small()) && clock < 600; clock += 10) {
        first?.step();
        await first?.settled();
        for (const one of all) one.step();
        await Promise.all(all.map((one) => one.settled()));
      }
      expect(said.filter(({ action, result }) => action === "defragment" && result === "done")).toHaveLength(3);
      const order = said.filter(({ action }) => action === "defragment" || action === "move-leader").map(({ action }) => action);
      expect(order.slice(-2)).toEqual(["move-leader", "defragment"]);
      expect(order.filter((action) => action === "move-leader")).toHaveLength(1);
      expect((await cluster.leader()).name).not.toBe(leader.name);
      expect(await writable()).toBe(true);
    }, 120_000);

    test.each<[string, ControlPlane]>([
      ["another seat is not healthy", { unhealthy: ["master-1"], serves: true, quorumWithout: true }],
      ["etcd would have no quorum", { unhealthy: ["etcd-1", "etcd-2"], serves: true, quorumWithout: false }],
    ])(
      "nothing is disturbed while %s, and the permit is given back",
      async (_why, plane) => {
        const all = agents({ plane: () => Promise.resolve(plane) });
        await until(all, () => Promise.resolve(clock >= 120));
        expect(done("defragment")).toEqual([]);
        expect(done("move-leader")).toEqual([]);
        expect(said.filter(({ action }) => action === "defragment").length).toBeGreaterThan(0);
        const permit = await readPermit(new Objects(store, () => 0));
        expect(permit.kind === "found" && Date.parse(permit.value.until) <= permit.now).toBe(true);
      },
      60_000,
    );

    test("nothing is disturbed while anybody holds the permit, the own seat too, nor without the store", async () => {
      const objects = new Objects(store, () => clock * 1000);
      const [, one] = cluster.members;
      for (const holder of ["master-0", ...cluster.members.map(({ name }) => name)]) {
        await store.delete("permit");
        await acquirePermit(objects, holder, "disturb", "roll-out", 9000);
        const before = store.contents.objects.get("permit")?.body;
        const all = agents();
        await until(all, () => Promise.resolve(said.filter(({ action }) => action === "defragment").length >= 2));
        expect(done("defragment")).toEqual([]);
        expect(store.contents.objects.get("permit")?.body).toBe(before);
        said = [];
      }
      store.faults.failure = { kind: "unavailable", reason: "503" };
      const all = agents();
      await until(all, () => Promise.resolve(said.some(({ action }) => action === "defragment")));
      expect(done("defragment")).toEqual([]);
      expect((await status(one ?? ({} as TestMember))).dbSize).toBeGreaterThan(0.8 * quotaMiB * MiB);
    }, 120_000);
  });

  test("a leader with a slow disk gives leadership away, to a healthy voter, and not again and again", async () => {
    cluster = await startMembers(3);
    const leader = await cluster.leader();
    const [ill] = cluster.members.filter((member) => member !== leader);
    // What etcd would say: each reading, 100 writes more, a tenth of which took 2 s.
    let readings = 0;
    const slow = createServer((_request, response) => {
      readings += 1;
      const bucket = (bound: string, count: number) => `etcd_disk_wal_fsync_duration_seconds_bucket{le="${bound}"} ${count * readings}`;
      response.end(
        [bucket("1.024", 90), bucket("2.048", 100), `etcd_disk_wal_fsync_duration_seconds_count ${100 * readings}`, ""].join("\n"),
      );
    });
    const port = await freePort();
    await new Promise((resolve) => slow.listen(port, "127.0.0.1", () => resolve(undefined)));
    const plane = () => Promise.resolve({ unhealthy: [ill?.name ?? ""], serves: true, quorumWithout: true });
    try {
      const moves = () => said.filter(({ event }) => event === "etcd gives leadership away").map(({ kind }) => kind);
      const slowly = { metricsUrl: `http://127.0.0.1:${port}/metrics`, plane };
      const one = new Upkeep(ownMember(leader, store, folder.path, { ...slowly, monotonic: () => clock * 1000 }));
      await until([one], () => Promise.resolve(clock >= 120));
      expect([leader.name, ill?.name]).not.toContain((await cluster.leader()).name);
      expect(moves()).toEqual(["moved"]);
      // With slow disks everywhere, each gives it away once in five minutes.
      await until(agents(slowly), () => Promise.resolve(clock >= 420));
      expect(moves()).toEqual(["moved", "moved", "moved"]);
    } finally {
      slow.close();
    }
  }, 120_000);

  test("what API servers have not compacted in time, the leader does", async () => {
    cluster = await startMembers(1, [quota]);
    const [member] = cluster.members;
    if (!member) throw new Error("no member");
    const all = agents();
    const crowded = async () => (await status(member)).dbSizeInUse > 0.81 * quotaMiB * MiB;
    while (!(await crowded())) await fill(member.endpoint, 10, 64_000, (index) => `/registry/leases/${index}`);
    const { header } = await status(member);
    await until(all, () => Promise.resolve(clock >= 900));
    expect(done("compact")).toEqual([]);
    const beyond = await put(member.endpoint, "/registry/leases/0", "later");
    expect(beyond.ok).toBe(true);
    await until(all, () => Promise.resolve(done("compact").length > 0));
    expect(done("compact")).toMatchObject([{ revision: header.revision }]);
  }, 120_000);
});

async function settled(holds: () => Promise<boolean>, tries = 100): Promise<void> {
  if (await holds()) return;
  if (tries === 0) throw new Error("it does not settle");
  await new Promise((resolve) => setTimeout(resolve, 50));
  return settled(holds, tries - 1);
}

test("without the member nothing happens, and the caller does not wait", async () => {
  const nobody = {
    name: "etcd-0",
    endpoint: "http://127.0.0.1:1",
    listener: "http://127.0.0.1:1",
    client: undefined as never,
    process: undefined as never,
  };
  const store = Object.assign(new MemoryStore(Date.now), { getFile: jest.fn(), putFileIfAbsent: jest.fn() });
  const silent = { status: () => Promise.resolve({ kind: "unavailable", reason: "refused" }) };
  const upkeep = new Upkeep(ownMember(nobody, store, "/nowhere", { etcd: silent as unknown as OwnMember["etcd"] }));
  upkeep.step();
  await upkeep.settled();
  expect(await upkeep.now()).toEqual({ kind: "late", reason: "refused" });
});
