import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { snapshotRecord, type Epoch } from "../../../constructs/spec/store";
import { DataFolder } from "../../../agent/etcd/data";
import { SeatDisk } from "../../../agent/etcd/disk";
import { clusterIdOf } from "../../../agent/etcd/identity";
import { restore } from "../../../agent/etcd/restore";
import { saveSeed } from "../../../agent/etcd/seed";
import { Place } from "../../../agent/pki/place";
import { keys } from "../../../agent/store/keys";
import { Objects } from "../../../agent/store/objects";
import { answers, freePort } from "../../loopback";
import { FolderStore } from "../upkeep/folder-store";
import { programs, put, startMembers, tools, withEtcd } from "../upkeep/members";

const token = "0123456789abcdef0123456789abcdef";
const next = "fedcba9876543210fedcba9876543210";
const ids = () => Promise.resolve({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 });
const owner = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;

withEtcd("a seed", () => {
  const folder = mkdtempSync(join(tmpdir(), "coppice-"));
  const store = new FolderStore(() => Date.now());
  const disk = new SeatDisk(join(folder, "volume"), new Place("", ids));
  const objects = new Objects(store, () => performance.now());
  const epoch: Epoch = {
    cluster: "orchard",
    number: 3,
    token,
    state: "running",
    seats: [{ name: "etcd-0", peerUrl: "https://10.0.0.4:2380" }],
    joined: [],
    authorities: {},
  };
  const input = { epoch, disk, store, objects, tools, etcd: join(programs ?? "", "etcd"), scratch: join(folder, "scratch") };
  let revision = 0;
  const notCommitted = 3;

  // A leader whose followers fall silent: what it wrote last is in its log, and it never heard that it is committed.
  beforeAll(async () => {
    const cluster = await startMembers(3, ["--unsafe-no-fsync"]);
    const leader = await cluster.leader();
    for (let index = 0; index < 20; index++) await put(leader.endpoint, `/key/${index}`, "committed");
    const status = await leader.client.status();
    revision = status.kind === "answered" ? status.value.header.revision : 0;
    const followers = cluster.members.filter(({ name }) => name !== leader.name);
    for (const { process } of followers) process.kill("SIGSTOP");
    for (let index = 0; index < notCommitted; index++) void put(leader.endpoint, `/tail/${index}`, "in the log").catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const closed = new Promise((resolve) => leader.process.once("close", resolve));
    leader.process.kill("SIGKILL");
    await closed;
    mkdirSync(disk.folder, { recursive: true });
    cpSync(join(cluster.folder, leader.name), disk.data, { recursive: true });
    writeFileSync(join(disk.data, "incarnation.json"), JSON.stringify({ number: 3, token }));
    await store.get(keys.epoch);
    await objects.list("");
    await objects.read(keys.epoch, snapshotRecord);
    await cluster.stop();
  }, 60_000);

  afterAll(() => {
    store.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Names, sizes and times of all files: what anybody would change. */
  const trace = () =>
    (readdirSync(disk.data, { recursive: true }) as string[]).sort().map((name) => {
      const { size, mtimeMs } = statSync(join(disk.data, name));
      return [name, size, mtimeMs];
    });

  it("holds the whole log, leaves the data as they are, and nothing else behind", async () => {
    const { data } = await new DataFolder(disk.data).read(false);
    expect(data).toMatchObject({ state: "valid", voter: true });
    const before = trace();
    const seed = await saveSeed(input);
    if (seed.kind !== "saved") throw new Error(seed.reason);
    expect(trace()).toEqual(before);
    expect(readdirSync(disk.folder)).toEqual(["data"]);
    expect(seed.record).toMatchObject({ epoch: 3, revision: revision + notCommitted });
    expect(seed.record.verifiedAt).toBeDefined();
    if (data.state === "valid") {
      expect(seed.record).toMatchObject({ term: data.term, index: data.index });
      // An upper bound: entries that are no writes count as well.
      expect(data.revision).toBeGreaterThanOrEqual(seed.record.revision);
    }
    const record = await objects.read(keys.snapshot(3, seed.record.revision), snapshotRecord);
    expect(record).toMatchObject({ kind: "found", value: seed.record });
    // Again, as after a crash before the epoch was raised.
    expect(await saveSeed(input)).toEqual(seed);
  }, 60_000);

  it("comes back as the data of a new epoch, with everything in it", async () => {
    const seed = await saveSeed(input);
    if (seed.kind !== "saved") throw new Error(seed.reason);
    const { sha256, bytes } = seed.record;
    const peer = `http://127.0.0.1:${await freePort()}`;
    const named = { snapshot: keys.snapshot(3, seed.record.revision), sha256, bytes, bumpRevision: 1_000 };
    const raised: Epoch = {
      ...epoch,
      number: 4,
      token: next,
      state: "restoring",
      seats: [{ name: "etcd-0", peerUrl: peer }],
      restore: named,
    };
    const fresh = new SeatDisk(join(folder, "fresh"), new Place("", ids));
    mkdirSync(fresh.folder);
    const etcdutl = tools.etcdutl;
    const wanted = { seat: "etcd-0", peerUrl: peer, epoch: raised, disk: fresh, store, etcdutl, owner };
    expect(await restore({ ...wanted, epoch: { ...raised, restore: { ...named, sha256: "0".repeat(64) } } })).toMatch(/has digest/);
    expect(await restore({ ...wanted, epoch: { ...raised, restore: { ...named, snapshot: keys.snapshot(9, 9) } } })).toMatch(/absent/);
    expect(await restore({ ...wanted, etcdutl: "/bin/false" })).toMatch(/etcdutl snapshot restore/);
    expect((await new DataFolder(fresh.data).read(false)).data).toEqual({ state: "empty" });
    expect(await restore(wanted)).toBeUndefined();
    expect(readdirSync(fresh.folder)).toEqual(["data"]);
    expect((await new DataFolder(fresh.data).read(false)).data).toMatchObject({
      state: "valid",
      epoch: 4,
      token: next,
      voter: true,
      clusterId: clusterIdOf(raised),
      revision: seed.record.revision + 1_000,
    });
    // Nothing takes the place of data.
    expect(await restore(wanted)).toBe("there are data already");
    const client = `http://127.0.0.1:${await freePort()}`;
    const child = spawn(input.etcd, [
      ...[
        "--name=etcd-0",
        `--data-dir=${fresh.data}`,
        "--log-level=error",
        `--initial-cluster-token=${next}`,
        `--listen-peer-urls=${peer}`,
      ],
      ...[`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`],
    ]);
    await answers(`${client}/readyz`, ({ ok }) => ok);
    const get = (key: string) =>
      execFileSync(tools.etcdctl, [`--endpoints=${client}`, "get", "--prefix", "--keys-only", key], { encoding: "utf8" });
    expect(get("/key/").split("\n").filter(Boolean)).toHaveLength(20);
    expect(get("/tail/").split("\n").filter(Boolean)).toHaveLength(notCommitted);
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGKILL");
    await closed;
  }, 60_000);

  it("is none where the data are of another epoch, or etcd cannot run on them, and says so", async () => {
    expect(await saveSeed({ ...input, epoch: { ...epoch, number: 4 } })).toEqual({
      kind: "failed",
      reason: "the data are of another epoch",
    });
    expect(await saveSeed({ ...input, etcd: "/bin/false" })).toMatchObject({
      kind: "failed",
      reason: expect.stringMatching(/^etcd on the copy ended with 1/) as unknown,
    });
    expect(readdirSync(disk.folder)).toEqual(["data"]);
  }, 60_000);

  it("gives way to a snapshot of its epoch that holds more", async () => {
    const at = new Date().toISOString();
    const more = { epoch: 3, revision: 5_000, sha256: "1".repeat(64), bytes: 1, takenAt: at, verifiedAt: at };
    await store.putIfAbsent(keys.snapshot(3, 5_000), JSON.stringify(more));
    expect(await saveSeed(input)).toEqual({ kind: "saved", record: more });
  }, 60_000);
});
