import { readdirSync } from "node:fs";
import promises from "node:fs/promises";
import { join } from "node:path";
import { metrics } from "../../../agent/metrics";
import { Objects } from "../../../agent/store/objects";
import { newestVerified } from "../../../agent/snapshots";
import type { OwnMember } from "../../../agent/upkeep/member";
import { verifySnapshot } from "../../../agent/upkeep/snapshot-files";
import { Snapshots } from "../../../agent/upkeep/snapshots";
import { upkeepTimes } from "../../../agent/upkeep/times";
import { Turns } from "../../../agent/upkeep/turns";
import { snapshotRecord, type SnapshotRecord } from "../../../constructs/spec/store";
import { FolderStore } from "./folder-store";
import { put, startMembers, tools, withEtcd, type TestCluster, type TestMember } from "./members";
import { ownMember, runningEpoch, temporaryFolder } from "./own-member";

const minute = 60_000;
const start = Date.parse("2030-06-15T12:00:00.000Z");
const day = 24 * 60 * minute;

beforeEach(() => jest.spyOn(process.stdout, "write").mockReturnValue(true));
afterEach(() => jest.restoreAllMocks());

withEtcd("snapshots of real members", () => {
  const folder = temporaryFolder();
  let cluster: TestCluster;
  let store: FolderStore;
  let clock: number;
  beforeAll(async () => {
    cluster = await startMembers(3);
  }, 120_000);
  afterAll(async () => {
    await cluster.stop();
    folder.remove();
  });
  beforeEach(async () => {
    clock = 0;
    store = new FolderStore(() => start + clock);
    store.contents.put("epoch", JSON.stringify(await runningEpoch(cluster)));
    await write();
  });
  afterEach(() => store.remove());

  let writes = 0;
  // To the leader: it may be the last one to have applied what another member has answered.
  const write = async () => put((await cluster.leader()).endpoint, "/registry/lease", String(writes++));
  const open = (member: TestMember, rest: Partial<OwnMember> = {}) =>
    new Snapshots(ownMember(member, store, folder.path, { monotonic: () => clock, ...rest }), upkeepTimes, new Turns());
  const step = async (snapshots: Snapshots, member: TestMember) => {
    const status = await member.client.status();
    if (status.kind !== "answered") throw new Error(status.reason);
    snapshots.step(status.value);
    await snapshots.settled();
  };
  const records = (): SnapshotRecord[] =>
    [...store.contents.objects].flatMap(([key, { body }]) => (key.endsWith(".json") ? [snapshotRecord.parse(JSON.parse(body))] : []));
  const leftOnDisk = () => readdirSync(folder.path);
  const metric = (name: string) => new RegExp(`^${name} (\\S+)$`, "m").exec(metrics.text())?.[1];

  test("the first soon after the epoch runs, verified, with an entry that it holds; nothing stays on the disk", async () => {
    const leader = await cluster.leader();
    await step(open(leader), leader);
    const status = await leader.client.status();
    if (status.kind !== "answered") throw new Error(status.reason);
    const [record] = records();
    const { raftTerm, raftAppliedIndex, header } = status.value;
    expect(record).toMatchObject({ epoch: 1, revision: header.revision, term: raftTerm, takenAt: new Date(start).toISOString() });
    expect(record?.index).toBeGreaterThan(0);
    expect(record?.index).toBeLessThanOrEqual(raftAppliedIndex);
    expect(await newestVerified(new Objects(store, () => 0))).toEqual(record);
    expect(leftOnDisk()).toEqual([]);
    const fetched = join(folder.path, "fetched.db");
    await store.getFile(`snapshots/1/${header.revision}.db`, fetched);
    expect(await verifySnapshot(tools.etcdutl, fetched, join(folder.path, "verify"))).toMatchObject({ kind: "verified" });
    await promises.rm(fetched);
  }, 30_000);

  test("as often as desired/repair says, read each time, and not when nothing was written", async () => {
    const leader = await cluster.leader();
    const snapshots = open(leader);
    const repair = { workersAtOncePercent: 10, windows: [], backup: { everyMinutes: 7, keepHours: 24, keepDays: 30 } };
    store.contents.put("desired/repair", JSON.stringify(repair));
    await step(snapshots, leader);
    await write();
    clock = 7 * minute - 1;
    await step(snapshots, leader);
    expect(records()).toHaveLength(1);
    clock = 7 * minute;
    await step(snapshots, leader);
    expect(records()).toHaveLength(2);
    clock = 14 * minute;
    const asked: string[] = [];
    store.faults.pause = (_moment, key) => void asked.push(key);
    await step(snapshots, leader);
    expect(records()).toHaveLength(2);
    expect(asked).toContain("epoch");
    expect(asked.filter((key) => key.endsWith(".db"))).toEqual([]);
    store.contents.put("desired/repair", JSON.stringify({ ...repair, backup: { ...repair.backup, everyMinutes: 1 } }));
    await write();
    clock = 21 * minute;
    await step(snapshots, leader);
    await write();
    clock = 22 * minute;
    await step(snapshots, leader);
    expect(records()).toHaveLength(4);
  }, 120_000);

  test("every five minutes by default, and the timer factor scales that", async () => {
    const leader = await cluster.leader();
    const snapshots = open(leader, { timerFactor: 0.1 });
    const taken: number[] = [];
    for (clock of [0, 0.5 * minute - 1, 0.5 * minute]) {
      await step(snapshots, leader);
      taken.push(records().length);
      await write();
    }
    expect(taken).toEqual([1, 1, 2]);
  }, 30_000);

  test("by the leader alone; the next one goes on where the last one was, and a revision that both take is one snapshot", async () => {
    const first = await cluster.leader();
    const other = cluster.members.find((member) => member !== first);
    if (!other) throw new Error("one member only");
    const [before, after] = [open(first), open(other)];
    await step(after, other);
    expect(records()).toEqual([]);
    await step(before, first);
    await write();
    const status = await other.client.status();
    if (status.kind !== "answered") throw new Error(status.reason);
    expect(await first.client.moveLeader(status.value.header.member_id)).toMatchObject({ kind: "answered" });
    clock = 4 * minute;
    await step(after, other);
    await step(before, first);
    expect(records()).toHaveLength(1);
    clock = 5 * minute;
    await step(after, other);
    await step(before, first);
    expect(records()).toHaveLength(2);
    await write();
    expect(await before.now()).toEqual({ kind: "rest", reason: "this member does not lead" });
    const both = await Promise.all([after.now(), open(other, { scratch: join(folder.path, "second") }).now()]);
    expect(both.map(({ kind }) => kind)).toEqual(["published", "published"]);
    expect(records()).toHaveLength(3);
    expect(await after.now()).toEqual({ kind: "rest", reason: "nothing was written since the last one" });
  }, 120_000);

  test("a store that is away makes it late: tried again ever more seldom, nothing on the disk, and then there", async () => {
    const leader = await cluster.leader();
    const snapshots = open(leader);
    await step(snapshots, leader);
    await write();
    clock = 5 * minute;
    const tries: number[] = [];
    store.faults.failure = { kind: "unavailable", reason: "503" };
    store.faults.pause = (moment) => void (moment === "before" && tries.at(-1) !== clock && tries.push(clock));
    for (; clock < 15 * minute; clock += 10_000) {
      await step(snapshots, leader);
      expect(leftOnDisk()).toEqual([]);
    }
    expect(tries.map((at) => at / 1000 - 300)).toEqual([0, 10, 30, 70, 150, 310]);
    expect(Number(metric("coppice_snapshot_age_seconds"))).toBeGreaterThan(800);
    delete store.faults.failure;
    clock += 320_000;
    await step(snapshots, leader);
    expect(records()).toHaveLength(2);
  }, 120_000);

  test("a store that goes away in between leaves nothing on the disk, and no record without data", async () => {
    const leader = await cluster.leader();
    const snapshots = open(leader);
    for (const broken of [/^snapshots\/1\/.*db$/, /json$/]) {
      store.faults.pause = (moment, key) => {
        if (moment === "before" && broken.test(key)) store.faults.failure = { kind: "unavailable", reason: "reset" };
        return undefined;
      };
      await step(snapshots, leader);
      delete store.faults.failure;
      expect(records()).toEqual([]);
      expect(leftOnDisk()).toEqual([]);
      clock += 10 * minute;
    }
    expect([...store.contents.objects.keys()].filter((key) => key.endsWith(".db"))).toHaveLength(1);
    delete store.faults.pause;
    // Nothing was written meanwhile: the same revision, whose data are there without a record.
    await step(snapshots, leader);
    expect(records()).toHaveLength(1);
  }, 120_000);

  test.each([
    ["the epoch does not run yet", { state: "restoring" as const }],
    ["this member is of another cluster than the epoch", { clusterId: "abc" }],
  ])("none when %s", async (_why, change) => {
    store.contents.put("epoch", JSON.stringify(await runningEpoch(cluster, change)));
    const leader = await cluster.leader();
    await step(open(leader), leader);
    expect(records()).toEqual([]);
  });

  test("none when the root disk has no room for it", async () => {
    const leader = await cluster.leader();
    const found = await promises.statfs(folder.path);
    jest.spyOn(promises, "statfs").mockResolvedValue({ ...found, bavail: 1000 } as never);
    expect(await open(leader).now()).toMatchObject({ kind: "late", reason: expect.stringContaining("bytes free") as string });
    expect(leftOnDisk()).toEqual([]);
  });

  test("afterwards old ones are deleted, but for the one that the epoch grows from", async () => {
    const leader = await cluster.leader();
    const restore = { snapshot: "snapshots/1/90.json", sha256: "0".repeat(64), bytes: 1, bumpRevision: 1 };
    store.contents.put("epoch", JSON.stringify(await runningEpoch(cluster, { number: 3, restore })));
    for (const name of ["1/80", "1/90", "2/100", "2/110"]) {
      const [epoch = 0, revision = 0] = name.split("/").map(Number);
      const at = new Date(start - 90 * day + revision * minute).toISOString();
      const record = { epoch, revision, sha256: "0".repeat(64), bytes: 1, takenAt: at, verifiedAt: at };
      store.contents.put(`snapshots/${name}.json`, JSON.stringify(record));
    }
    expect(await open(leader).now()).toMatchObject({ kind: "published" });
    expect(
      records()
        .map(({ revision }) => revision)
        .slice(0, 2),
    ).toEqual([90, 110]);
    expect(records()).toHaveLength(3);
  }, 60_000);

  test("none when etcd itself says that its members differ", async () => {
    const alone = await startMembers(1);
    try {
      const [member] = alone.members;
      const status = await member?.client.status();
      if (!member || status?.kind !== "answered") throw new Error("no member");
      store.contents.put("epoch", JSON.stringify(await runningEpoch(alone)));
      const memberID = BigInt(`0x${status.value.header.member_id}`).toString();
      const body = JSON.stringify({ action: "ACTIVATE", memberID, alarm: "CORRUPT" });
      await fetch(`${member.endpoint}/v3/maintenance/alarm`, { method: "POST", body });
      expect(await open(member).now()).toEqual({ kind: "late", reason: "etcd says that data of its members differ" });
    } finally {
      await alone.stop();
    }
  }, 120_000);
});
