import { settle } from "../../../agent/pki/births";
import { EtcdFingerprints } from "../../../agent/pki/fingerprints";
import { EtcdClient } from "../../../agent/etcd/client";
import { tlsFrom } from "../../../agent/pki/tls-files";
import { Place } from "../../../agent/pki/place";
import { filesOfControlPlane, startEtcd, until, withEtcd, type EtcdProcess } from "../kubernetes/cluster";
import type { Disk } from "./disk";
import type { World } from "./world";

// etcd is started for each of them.
jest.setTimeout(60_000);

const one = "a".repeat(64);
const two = "b".repeat(64);
const seats = [{ address: "127.0.0.2" }, { address: "127.0.0.1" }];

withEtcd("fingerprints in etcd", () => {
  let world: World;
  let disk: Disk;
  let members: readonly EtcdProcess[] = [];
  beforeEach(async () => {
    ({ world, disk } = await filesOfControlPlane());
  });
  afterEach(async () => {
    await Promise.all(members.map((member) => member.stop()));
    members = [];
    disk.remove();
  });

  const ask = (place = disk.place): EtcdFingerprints => new EtcdFingerprints(place, seats, members[0]?.port);
  const begin = async (size = 1): Promise<EtcdFingerprints> => {
    members = await startEtcd(disk, size);
    return ask();
  };
  const recorded = (fingerprints: EtcdFingerprints) =>
    until("etcd", async () => {
      const all = await fingerprints.all();
      return all.kind === "unavailable" ? undefined : all;
    });
  const keep = (): EtcdClient => {
    const pki = "/etc/kubernetes/pki";
    const tls = () => tlsFrom(disk.place, `${pki}/etcd-ca.crt`, `${pki}/apiserver-etcd-client.crt`, `${pki}/apiserver-etcd-client.key`);
    return new EtcdClient(`https://127.0.0.1:${members[0]?.port}`, tls);
  };

  test("a name is recorded once, whoever races, though a seat is down", async () => {
    const [a, b] = [await begin(), ask()];
    expect(await recorded(a)).toEqual({ kind: "recorded", fingerprints: {} });
    const [byA, byB] = await Promise.all([a.record("cluster/kubernetes/1", one), b.record("cluster/kubernetes/1", two)]);
    expect(byA).toEqual(byB);
    await Promise.all([a.record("x/1", one), b.record("y/1", two)]);
    expect(await b.all()).toMatchObject({ kind: "recorded", fingerprints: { "x/1": one, "y/1": two } });
    expect(await a.record("x/1", two)).toMatchObject({ fingerprints: { "x/1": one } });
  });

  test("what is born is on record, and an emptied store brings forth nothing", async () => {
    const fingerprints = await begin();
    await recorded(fingerprints);
    const nursery = { ...world.machine("master"), fingerprints };
    const born = await settle(nursery, "cluster/encryption");
    expect(born.kind).toBe("settled");
    world.contents.empty();
    expect(await settle(nursery, "cluster/encryption")).toMatchObject({ kind: "halt" });
    expect([...world.contents.objects.keys()]).toEqual([]);
  });

  test("a record that no agent wrote is a halt, and is left alone", async () => {
    const fingerprints = await begin();
    await recorded(fingerprints);
    await keep().replace("/coppice/fingerprints", "[]", 0);
    expect(await fingerprints.all()).toMatchObject({ kind: "halt" });
    expect(await fingerprints.record("x/1", one)).toMatchObject({ kind: "halt" });
    expect(await keep().get("/coppice/fingerprints")).toMatchObject({ value: { text: "[]" } });
  });

  test("without a quorum, and without a certificate, nothing is known and nothing is born", async () => {
    const fingerprints = await begin(2);
    await recorded(fingerprints);
    await members[1]?.stop();
    expect(await fingerprints.all()).toMatchObject({ kind: "unavailable" });
    expect(await settle({ ...world.machine("master"), fingerprints }, "cluster/service-account")).toMatchObject({ kind: "unavailable" });
    const missing = expect.stringContaining("etcd-ca.crt is not there") as string;
    expect(await ask(new Place("/nonexistent")).record("x/1", one)).toMatchObject({ kind: "unavailable", reason: missing });
  }, 30_000);
});
