import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Epoch, Vote } from "../../../constructs/spec/store";
import { EtcdCluster } from "../../../agent/etcd/cluster";
import { seatPaths, type SeatPaths } from "../../../agent/etcd/paths";
import type { Processes, ProcessState } from "../../../agent/etcd/process";
import { EtcdSeatMachine } from "../../../agent/etcd/seat-machine";
import type { Marker } from "../../../agent/observation";
import { Place } from "../../../agent/pki/place";
import { Objects } from "../../../agent/store/objects";
import type { Volume, VolumeSeen } from "../../../agent/volume/volume";
import { FolderStore } from "../upkeep/folder-store";

const ids = () => Promise.resolve({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 });
const owner = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
const token = "0123456789abcdef0123456789abcdef";
const marker: Marker = { cluster: "orchard", seat: "etcd-0", disk: token };
const vote: Vote = { round: 1, seat: "etcd-0", epoch: 1, report: { data: "empty" } };
const epoch: Epoch = {
  cluster: "orchard",
  number: 1,
  token,
  state: "bootstrapping",
  seats: [{ name: "etcd-0", peerUrl: "https://127.0.0.1:2380" }],
  joined: [],
  authorities: {},
};

describe("the machine of a seat", () => {
  let root = "";
  let state: ProcessState;
  let seen: VolumeSeen;
  let words = "";
  let calls: string[] = [];
  let said: string[] = [];
  let machine: EtcdSeatMachine;
  const store = new FolderStore(() => Date.now());
  afterAll(() => store.remove());

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "coppice-"));
    [state, seen, words, calls, said] = [{ running: false, ended: 0 }, { kind: "mounted" }, "", [], []];
    const folder = join(root, "volume");
    mkdirSync(folder);
    const volume: Volume = {
      folder,
      look: () => Promise.resolve(seen),
      makeFileSystem: () => Promise.resolve(void calls.push("mkfs")),
      letGo: () => Promise.resolve(void calls.push("let go")),
    };
    const processes: Processes = {
      start: () => Promise.resolve(void calls.push("start")),
      stop: () => {
        state = { running: false, ended: 0 };
        return Promise.resolve(void calls.push("stop"));
      },
      state: () => Promise.resolve(state),
      lastWords: () => Promise.resolve(words),
    };
    const paths = Object.fromEntries(Object.entries(seatPaths).map(([name, path]) => [name, join(root, path)])) as unknown as SeatPaths;
    for (const path of [paths.certificate, paths.key, paths.authorities, paths.peerCertificate, paths.peerKey, paths.peerAuthorities]) {
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, "garbage");
    }
    const objects = new Objects(store, () => performance.now());
    const say = (event: string, fields: object) => said.push(`${event} ${JSON.stringify(fields)}`);
    const seats = [{ name: "etcd-0", address: "127.0.0.1" }];
    machine = new EtcdSeatMachine({
      seat: "etcd-0",
      seats,
      volume,
      store,
      objects,
      say,
      paths,
      processes,
      owner,
      place: new Place("", ids),
    });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const at = (path: string) => join(root, "volume", path);

  it.each([
    [{ kind: "missing", reason: "on its way" }, "missing"],
    [{ kind: "foreign", reason: "it holds swap" }, "foreign"],
    [{ kind: "blank" }, "blank"],
  ] as const)("sees a volume that is %j, and says why", async (volume, expected) => {
    seen = volume;
    expect(await machine.readDisk()).toEqual({ volume: expected, data: { state: "empty" } });
    expect(said.join()).toContain("reason" in volume ? volume.reason : "");
    expect(calls).toEqual([]);
  });

  it("ends etcd and lets go of a volume that has failed", async () => {
    seen = { kind: "failed", reason: "its device 259:1 is gone" };
    state = { running: true, ended: 0 };
    expect(await machine.readDisk()).toEqual({ volume: "missing", data: { state: "empty" } });
    expect(calls).toEqual(["stop", "let go"]);
    expect(said.join()).toContain("its device 259:1 is gone");
  });

  it("writes nothing where no volume is mounted, and does not pass over it", async () => {
    seen = { kind: "missing", reason: "on its way" };
    const writes = [
      () => machine.writeMarker(marker),
      () => machine.writeFence(vote),
      () => machine.removeFence(),
      () => machine.archive(),
      () => machine.restore(epoch),
      () => machine.saveSeed(epoch),
      () => machine.startEtcd(epoch, "new"),
    ];
    for (const write of writes) await expect(write()).rejects.toThrow("the volume of etcd-0 is missing, and was to be written to");
    await machine.keepEpoch(epoch);
    expect(existsSync(at("marker.json")) || existsSync(at("epoch.json"))).toBe(false);
    expect(calls).toEqual([]);
  });

  it("keeps its marker, its fence and a copy of the epoch", async () => {
    await machine.writeMarker(marker);
    await machine.writeFence(vote);
    await machine.keepEpoch(epoch);
    expect(await machine.readDisk()).toEqual({ volume: "formatted", marker, fence: vote, data: { state: "empty" } });
    expect(JSON.parse(readFileSync(at("epoch.json"), "utf8"))).toEqual(epoch);
  });

  it("remembers on its own disk which volume it last used", async () => {
    expect(await machine.readSighting()).toBe("none");
    await machine.writeSighting({ disk: token, epoch: 2 });
    expect(await machine.readSighting()).toEqual({ disk: token, epoch: 2 });
    writeFileSync(join(root, seatPaths.sighting), "{");
    expect(await machine.readSighting()).toBe("none");
  });

  it("calls garbage what is garbage, and foreign what no agent has marked", async () => {
    writeFileSync(at("marker.json"), "{");
    writeFileSync(at("fence.json"), "[]");
    expect(await machine.readDisk()).toMatchObject({ volume: "formatted", marker: "garbage", fence: "garbage" });
    rmSync(at("marker.json"));
    expect(await machine.readDisk()).toEqual({ volume: "foreign", data: { state: "empty" } });
    expect(said.join()).toContain("no marker");
  });

  it("starts etcd in a folder that says which epoch it is of, and never on data of another", async () => {
    await machine.writeMarker(marker);
    await machine.startEtcd(epoch, "new");
    expect(calls).toEqual(["start"]);
    expect(JSON.parse(readFileSync(at("data/incarnation.json"), "utf8"))).toEqual({ number: 1, token });
    expect(readFileSync(join(root, seatPaths.environment), "utf8")).toContain('ETCD_INITIAL_CLUSTER_STATE="new"');
    mkdirSync(at("data/member/wal"), { recursive: true });
    writeFileSync(at("data/member/wal/0000000000000000-0000000000000000.wal"), "garbage");
    await machine.startEtcd(epoch, "existing");
    expect(calls).toEqual(["start"]);
    expect(said.join()).toContain("the data are corrupt");
  });

  it("calls data corrupt when etcd ends on them again and again, and says what it said", async () => {
    await machine.writeMarker(marker);
    words = "panic: assertion failed: Page expected to be: 75, but self identifies as 0\n";
    state = { running: true, ended: 2 };
    expect((await machine.readDisk()).data).toEqual({ state: "empty" });
    state = { running: true, ended: 3 };
    expect((await machine.readDisk()).data).toEqual({ state: "corrupt" });
    expect(said.join()).toContain("Page expected to be: 75");
  });

  it("knows a removed member by how etcd ends", async () => {
    state = { running: true, ended: 1, exit: 0 };
    expect(await machine.etcd()).toEqual({ running: true, leader: false, removed: true, inSync: false });
    state = { running: true, ended: 1, exit: 1 };
    expect(await machine.etcd()).toMatchObject({ removed: false });
  });

  it("takes certificates that are garbage, or not there, for members that do not answer", async () => {
    expect(await machine.members(epoch)).toBeUndefined();
    expect(await machine.removeMember("1")).toBe(false);
    expect(await machine.addLearner(epoch)).toBe(false);
    expect(await machine.clusterId()).toBeUndefined();
    const nobody = new EtcdCluster(
      ["127.0.0.1"],
      () => Promise.reject(new Error("not there")),
      () => undefined,
    );
    expect(await nobody.members(epoch)).toBeUndefined();
    expect(await machine.stopLeaderlessEtcd()).toBe(true);
    expect(calls).toEqual(["stop"]);
  });
});
