import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { settleGeneration } from "../../../agent/pki/births";
import { keep, pkiFiles } from "../../../agent/pki/keep";
import { leaves } from "../../../agent/pki/leaves";
import { Place } from "../../../agent/pki/place";
import { agentFiles } from "../../../constructs/node/agent-files";
import { Disk, machines, roles, sourceFor } from "./disk";
import { verifiedByOpenssl, World } from "./world";

const day = 86_400_000;

describe("the key files of a machine", () => {
  let disk: Disk;
  let world: World;
  beforeEach(async () => {
    disk = new Disk();
    world = await new World().begin();
  });
  afterEach(() => disk.remove());

  const file = (path: string) => disk.text(path);
  const certificate = (path: string) => disk.certificate(path);
  const round = (role: keyof typeof roles) => disk.round(world, role);

  test("are all there after a round of etcd, a master and a worker, each with its mode, and then nothing changes", async () => {
    for (const role of ["etcd", "master", "worker"] as const) {
      if (role === "worker") rmSync(disk.at("/etc/kubernetes/pki/ca.crt"));
      const kept = await round(role);
      expect(kept.missing).toEqual([]);
      expect(kept.written.length).toBeGreaterThan(0);
      for (const { path, mode } of pkiFiles(roles[role])) {
        expect({ path, mode: (statSync(disk.at(path)).mode & 0o777).toString(8) }).toEqual({ path, mode: mode.slice(1) });
      }
      world.now += 3600_000;
      expect((await round(role)).written).toEqual([]);
    }
    expect(readdirSync(disk.at("/etc/kubernetes/pki")).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("cover every key, certificate and bundle that a role configuration names", () => {
    const files = pkiFiles({ agentFiles });
    expect(files.map(({ path }) => path)).toEqual(
      agentFiles.filter(({ kind }) => !["environment", "kubeconfig"].includes(kind)).map(({ path }) => path),
    );
    expect(
      Object.keys(leaves)
        .map((stem) => `${stem}.crt`)
        .filter((path) => !files.some((one) => one.path === path)),
    ).toEqual([]);
  });

  test("certificates are renewed with a new key at two thirds of their life, not before, and stay valid over 400 days", async () => {
    await round("etcd");
    const first = file("/etc/etcd/pki/peer.key");
    world.now += 18 * day;
    expect((await round("etcd")).written).toEqual([]);
    world.now += 2.1 * day;
    expect((await round("etcd")).written).toEqual([
      { path: "/etc/etcd/pki/server.crt", reason: "two thirds of its life are over" },
      { path: "/etc/etcd/pki/peer.crt", reason: "two thirds of its life are over" },
    ]);
    expect(file("/etc/etcd/pki/peer.key")).not.toBe(first);
    for (let elapsed = 0; elapsed < 400; elapsed += 2) {
      world.now += 2 * day;
      await round("etcd");
      expect(Date.parse(certificate("/etc/etcd/pki/peer.crt").validTo)).toBeGreaterThan(world.now + 7 * day);
    }
    expect(verifiedByOpenssl(file("/etc/etcd/pki/peer.crt"), file("/etc/etcd/pki/peer-ca.crt"), "sslclient", world.now)).toBe("OK");
  }, 60_000);

  test.each<[string, () => void, string]>([
    [
      "a key of another certificate",
      () => writeFileSync(disk.at("/etc/etcd/pki/peer.key"), file("/etc/etcd/pki/server.key")),
      "its key is another one",
    ],
    ["garbage", () => writeFileSync(disk.at("/etc/etcd/pki/peer.crt"), "garbage"), "it is garbage"],
    ["no key", () => rmSync(disk.at("/etc/etcd/pki/peer.key")), "it is missing"],
    ["a certificate of another authority", () => copy("server", "peer"), "its authority is not the one that signs"],
  ])("%s is replaced", async (_name, damage, reason) => {
    await round("etcd");
    damage();
    expect((await round("etcd")).written).toEqual([{ path: "/etc/etcd/pki/peer.crt", reason }]);
    expect((await round("etcd")).written).toEqual([]);
  });
  const copy = (from: string, to: string): void => {
    for (const ending of ["crt", "key"]) writeFileSync(disk.at(`/etc/etcd/pki/${to}.${ending}`), file(`/etc/etcd/pki/${from}.${ending}`));
  };

  test("a certificate of another cluster with the same name is replaced", async () => {
    await round("etcd");
    const ours = world;
    world = await new World().begin();
    rmSync(disk.at("/etc/etcd"), { recursive: true });
    await round("etcd");
    world = ours;
    expect((await round("etcd")).written.map(({ path }) => path)).toEqual(
      pkiFiles(roles.etcd)
        .map(({ path }) => path)
        .filter((path) => !path.endsWith(".key")),
    );
    expect(verifiedByOpenssl(file("/etc/etcd/pki/peer.crt"), file("/etc/etcd/pki/peer-ca.crt"), "sslserver", world.now)).toBe("OK");
  });

  test("nothing is born or issued while the clock is wrong, and nothing is replaced because of it", async () => {
    world.clockFault = "the clock is 1 min ahead of the store's";
    expect(new Set((await round("etcd")).missing.map(({ reason }) => reason))).toEqual(new Set([world.clockFault]));
    expect([...world.contents.objects.keys()]).toEqual(["epoch"]);
    world.clockFault = undefined;
    await round("etcd");
    const before = file("/etc/etcd/pki/peer.crt");
    world.clockFault = "the clock is 2 min behind the store's";
    world.now -= day;
    expect((await round("etcd")).written).toEqual([]);
    expect(file("/etc/etcd/pki/peer.crt")).toBe(before);
  });

  test("a seat with another address gets another certificate", async () => {
    await round("etcd");
    const moved = { ...machines.etcd, address: "10.0.0.5" };
    const kept = await keep(
      { machine: moved, place: disk.place, source: sourceFor(world.machine("etcd")), clock: world.clock },
      roles.etcd,
    );
    expect(kept.written.map(({ reason }) => reason)).toEqual(Array(2).fill("it says something else of this machine"));
  });

  test("a new authority is trusted by all before it signs, and the old one stays trusted", async () => {
    await round("etcd");
    const old = certificate("/etc/etcd/pki/peer-ca.crt");
    const etcd = world.machine("etcd");
    const recorded = await etcd.fingerprints.all();
    await settleGeneration(etcd, "etcd-peer", 2, recorded.kind === "recorded" ? recorded.fingerprints : {});
    expect((await round("etcd")).written).toEqual([{ path: "/etc/etcd/pki/peer-ca.crt", reason: "it differed" }]);
    expect(file("/etc/etcd/pki/peer-ca.crt").match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(certificate("/etc/etcd/pki/peer.crt").verify(old.publicKey)).toBe(true);
    world.now += day;
    expect((await round("etcd")).written).toEqual([{ path: "/etc/etcd/pki/peer.crt", reason: "its authority is not the one that signs" }]);
    expect(certificate("/etc/etcd/pki/peer.crt").verify(old.publicKey)).toBe(false);
    expect(verifiedByOpenssl(file("/etc/etcd/pki/peer.crt"), file("/etc/etcd/pki/peer-ca.crt"), "sslserver", world.now)).toBe("OK");
  });

  test("without the store, and at a halt, the files stay as they are", async () => {
    await round("etcd");
    const before = file("/etc/etcd/pki/peer.crt");
    world.now += 25 * day;
    world.contents.objects.delete("pki/etcd-peer/1");
    const kept = await round("etcd");
    expect(kept.missing.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
      "halt /etc/etcd/pki/peer.crt",
      "halt /etc/etcd/pki/peer-ca.crt",
    ]);
    expect(kept.written.map(({ path }) => path)).toEqual(["/etc/etcd/pki/server.crt"]);
    expect(file("/etc/etcd/pki/peer.crt")).toBe(before);
    const away = world.machine("etcd", { failure: { kind: "unavailable", reason: "503" } });
    const waiting = await keep({ machine: machines.etcd, place: disk.place, source: sourceFor(away), clock: world.clock }, roles.etcd);
    expect(new Set(waiting.missing.map(({ kind, reason }) => `${kind} ${reason}`))).toEqual(new Set(["wait 503"]));
  });

  test("a master waits for etcd's authority, and has everything else", async () => {
    const kept = await round("master");
    expect(kept.missing).toEqual([
      { path: "/etc/kubernetes/pki/apiserver-etcd-client.crt", kind: "wait", reason: "etcd-client/1 is not born yet" },
      { path: "/etc/kubernetes/pki/etcd-ca.crt", kind: "wait", reason: "etcd-client/1 is not born yet" },
    ]);
    expect(file("/etc/kubernetes/encryption.yaml")).toMatch(
      /providers:\n {6}- secretbox:\n {10}keys:\n {12}- name: key-1\n {14}secret: [\w+/]{43}=\n$/,
    );
    expect(file("/etc/kubernetes/pki/service-account.pub")).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    expect(file("/etc/kubernetes/pki/signing.crt")).toBe(file("/etc/kubernetes/pki/ca.crt"));
  });

  test("a file that nobody knows stops the round before anything is guessed", async () => {
    const strange = { path: "/etc/kubernetes/pki/strange.crt", mode: "0644", owner: "root:root", kind: "certificate" as const, holds: "" };
    const keeper = { machine: machines.master, place: disk.place, source: sourceFor(world.machine("master")), clock: world.clock };
    await expect(keep(keeper, { agentFiles: [strange] })).rejects.toThrow(
      "the agent does not know what /etc/kubernetes/pki/strange.crt holds",
    );
  });

  test("an owner that the machine does not know is an error, and leaves nothing behind", async () => {
    const real = new Place(disk.root);
    await expect(real.write({ path: "/etc/x", mode: "0600", owner: "root:no-such-group" }, "1")).rejects.toThrow(
      "/etc/group knows no no-such-group",
    );
    await real.write({ path: "/etc/y", mode: "0640", owner: "root:root" }, "1").catch(() => undefined);
    expect(readdirSync(dirname(disk.at("/etc/x"))).filter((name) => name !== "y")).toEqual([]);
  });
});
