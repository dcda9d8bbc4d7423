import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createEpoch, markRunning, readEpoch } from "../../../agent/epoch";
import { approve, type Approver, type Judged } from "../../../agent/kubernetes/approver";
import { bootstrapKubeconfig, type KubeletHost } from "../../../agent/kubernetes/kubelet-credentials";
import { joinMaster, joinWorker } from "../../../agent/kubernetes/join";
import { keepJoin, type Join } from "../../../agent/kubernetes/mint";
import { collections, node as nodeSchema, pathOf } from "../../../agent/kubernetes/objects";
import { paths } from "../../../agent/kubernetes/paths";
import { keepRoles } from "../../../agent/kubernetes/roles";
import { kubernetesTimes } from "../../../agent/kubernetes/times";
import { certificateOf, type Authority } from "../../../agent/pki/certificates";
import { settle } from "../../../agent/pki/births";
import { startApi, until, withApi, type TestApi } from "./cluster";
import { FakeCloud } from "./fake-cloud";
import { namesOf, nodeObject, StandIn } from "./kubelets";
import { RealKubelet } from "./real-kubelet";
import { master, worker } from "./requests";

const minute = 60_000;
const configuration = {
  components: [],
  pools: { general: { labels: {}, taints: [] } },
  seats: { etcd: [], masters: [{ name: "master-0", zone: "a", address: "10.0.0.20" }] },
};

withApi("machines join at a real API", () => {
  let cluster: TestApi;
  let authorities: readonly Authority[];
  const cloud = new FakeCloud();
  /** How far the agents' clock is ahead, so that leases and certificates age. */
  let aheadMs = 0;

  beforeAll(async () => {
    cluster = await startApi();
    const { world } = cluster;
    const settled = await settle(world.machine("master"), "cluster/kubernetes");
    authorities = settled.kind === "settled" ? settled.generations : [];
    const epoch = await readEpoch(world.objects());
    if (epoch.kind === "found") await markRunning(world.objects(), epoch, "abc");
    expect(await keepRoles(cluster.admin, configuration)).toEqual({ kind: "bound" });
  }, 120_000);
  afterAll(() => cluster.stop());
  beforeEach(() => {
    aheadMs = 0;
    cloud.away = undefined;
    cloud.machines = [];
  });

  const approver = (): Approver => {
    const clock = () => ({ now: Date.now() + aheadMs });
    return { api: cluster.admin, cloud, clock, configuration, times: kubernetesTimes(1) };
  };
  const round = async (): Promise<readonly Judged[]> => {
    const done = await approve(approver());
    if (done.kind === "failed") throw new Error(done.reason);
    return done.judged;
  };
  const mint = () => keepJoin(cluster.world.objects(), cluster.admin, authorities.map(certificateOf));
  const join = (): Join => JSON.parse(cluster.world.contents.objects.get("join/worker")?.body ?? "") as Join;
  const byToken = async (): Promise<{ token: string }> => {
    await mint();
    return { token: join().token };
  };
  const tokens = async () => (await namesOf(cluster.admin, collections.secrets)).filter((name) => name.startsWith("bootstrap-token-"));
  /** A worker that has joined and is a node. */
  const joined = async (id: string, address: string) => {
    const machine = worker(id, address);
    cloud.machines.push(machine);
    const standIn = new StandIn(cluster, machine.names[0] ?? "");
    const name = await standIn.askClient(await byToken());
    await round();
    const own = await standIn.certified(name);
    const api = await standIn.api(own);
    expect(await api.create(collections.nodes, nodeObject(standIn.node, machine.providerId))).toMatchObject({ kind: "answered" });
    return { machine, standIn, own, api };
  };

  test("a worker's way: token, client certificate, node, serving certificate, renewal", async () => {
    const { standIn, own, api } = await joined("i-1", "10.0.1.1");
    expect(new X509Certificate(own.certificate).subject).toBe(`O=system:nodes\nCN=system:node:${standIn.node}`);
    expect(await api.create(collections.nodes, nodeObject("other"))).toMatchObject({ kind: "refused" });

    const serving = await standIn.askServing(own, [
      { type: "dns", value: standIn.node },
      { type: "ip", value: "10.0.1.1" },
    ]);
    const renewal = await standIn.askClient(own);
    expect((await round()).map(({ kind, result }) => `${kind} ${result}`).sort()).toEqual(["client approved", "serving approved"]);
    const leaf = new X509Certificate((await standIn.certified(serving)).certificate);
    expect(leaf.subjectAltName).toBe(`DNS:${standIn.node}, IP Address:10.0.1.1`);
    expect((await standIn.settled(renewal)).kind).toBe("signed");
    expect(await round()).toEqual([]);
  }, 60_000);

  test("nobody but the agents approves", async () => {
    cloud.machines = [worker("i-2", "10.0.1.2")];
    const standIn = new StandIn(cluster, "ip-10-0-1-2");
    const name = await standIn.askClient(await byToken());
    cloud.away = "503";
    expect(await round()).toMatchObject([{ request: name, result: "waits", message: expect.stringContaining("503") as string }]);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await round()).toMatchObject([{ request: name, result: "waits" }]);
    cloud.away = undefined;
    const [a, b] = await Promise.all([approve(approver()), approve(approver())]);
    expect([a, b].flatMap((done) => (done.kind === "judged" ? done.judged.map(({ result }) => result) : [])).sort()[0]).toBe("approved");
    expect((await standIn.settled(name)).kind).toBe("signed");
  }, 60_000);

  test("denied, once, with the reason", async () => {
    const { standIn, own } = await joined("i-3", "10.0.1.3");
    cloud.machines.push(master("i-9", "10.0.0.20", "master-0"));
    const token = await byToken();
    const asks: readonly [Promise<string>, string][] = [
      [new StandIn(cluster, "ip-10-0-9-9").askClient(token), "NoSuchMachine"],
      [new StandIn(cluster, standIn.node).askClient(token), "NameTaken"],
      [new StandIn(cluster, "ip-10-0-0-20").askClient(token), "NotItsOwn"],
      [standIn.askClient(token, `O=system:masters, CN=system:node:${standIn.node}`), "NotAKubelets"],
      [standIn.askClient(token, `O=system:nodes, O=system:masters, CN=system:node:${standIn.node}`), "NotAKubelets"],
      [standIn.askServing(own, [{ type: "ip", value: "10.0.0.20" }]), "NotItsAddress"],
      [standIn.askServing(own, [{ type: "dns", value: "kubernetes.default.svc" }]), "NotItsAddress"],
    ];
    const names = await Promise.all(asks.map(([name]) => name));
    const judged = await round();
    const said = (name: string) => judged.find(({ request }) => request === name);
    expect(names.map((name) => said(name)?.result)).toEqual(names.map(() => "denied"));
    const reasons = await Promise.all(names.map((name) => standIn.settled(name)));
    expect(reasons).toEqual(asks.map(([, reason]) => ({ kind: "denied", reason })));
    expect(await round()).toEqual([]);
  }, 60_000);

  test("a name goes to a replaced machine once its node is silent, and the old node goes first", async () => {
    const { standIn } = await joined("i-4", "10.0.1.4");
    cloud.machines = [worker("i-5", "10.0.1.4")];
    const before = await cluster.admin.get(pathOf.node(standIn.node), nodeSchema);
    const name = await standIn.askClient(await byToken());
    expect(await round()).toMatchObject([{ request: name, result: "waits" }]);
    aheadMs = 5 * minute + 5_000;
    expect(await round()).toMatchObject([{ request: name, result: "approved" }]);
    expect(before.kind).toBe("answered");
    expect(await cluster.admin.get(pathOf.node(standIn.node), nodeSchema)).toMatchObject({ kind: "absent" });
    const own = await standIn.certified(name);
    const api = await standIn.api(own);
    expect(await api.create(collections.nodes, nodeObject(standIn.node, "aws:///eu-central-1a/i-5"))).toMatchObject({ kind: "answered" });
  }, 60_000);

  test("a machine that was off for longer than its certificate comes back", async () => {
    const { standIn } = await joined("i-6", "10.0.1.6");
    aheadMs = 365 * 24 * 60 * minute;
    const name = await standIn.askClient(await byToken());
    expect(await round()).toMatchObject([{ request: name, result: "approved" }]);
  }, 60_000);

  test("a master joins with what only masters can make, and without any token", async () => {
    cloud.machines = [master("i-9", "10.0.0.20", "master-0")];
    const node = "ip-10-0-0-20.eu-central-1.compute.internal";
    const host = { place: cluster.disk.place, clock: () => ({ now: Date.now() }), restart: () => Promise.resolve(true) };
    const isApiReady = () => Promise.resolve(true);
    const joining = { host, objects: cluster.world.objects(), node, authorities, isApiReady };
    expect(await joinMaster(joining)).toMatchObject({ kind: "kept", joined: false });
    const text = cluster.disk.text(paths.bootstrap);
    const user = (JSON.parse(text) as { users: [{ user: Record<string, string> }] }).users[0].user;
    const of = (key: string): string => Buffer.from(user[key] ?? "", "base64").toString();
    const own = { certificate: of("client-certificate-data"), key: of("client-key-data") };
    const standIn = new StandIn(cluster, node);
    const [mine, others] = [await standIn.askClient(own), await new StandIn(cluster, "ip-10-0-1-3").askClient(own)];
    await round();
    expect((await standIn.settled(mine)).kind).toBe("signed");
    expect(await standIn.settled(others)).toEqual({ kind: "denied", reason: "NotItsOwn" });
    // Asked again, it keeps what is good.
    expect(await joinMaster(joining)).toMatchObject({ kind: "kept" });
    expect(cluster.disk.text(paths.bootstrap)).toBe(text);
  }, 60_000);

  test("the real kubelet joins with what the agent gives it, and again after its certificate was torn", async () => {
    const node = "ip-10-0-1-7";
    cloud.machines = [worker("i-7", "10.0.1.7")];
    const kubelet = new RealKubelet(cluster, node);
    const { disk, world } = cluster;
    const host: KubeletHost = {
      place: disk.place,
      clock: () => ({ now: Date.now() }),
      restart: async () => {
        await kubelet.stop();
        await kubelet.start();
        return true;
      },
    };
    const certificate = () =>
      until("the kubelet's certificate", async () => {
        await round();
        return disk.place.read(paths.kubeletClient);
      });
    for (const path of [paths.bootstrap, paths.kubeletStarted]) await disk.place.remove(path);
    try {
      await mint();
      expect(await joinWorker(host, world.objects())).toMatchObject({ kind: "kept", joined: false });
      await kubelet.start();
      const first = await certificate();
      expect(new X509Certificate(first).subject).toBe(`O=system:nodes\nCN=system:node:${node}`);
      expect(await joinWorker(host, world.objects())).toEqual({ kind: "kept", joined: true });

      writeFileSync(disk.at(paths.kubeletClient), "");
      expect(await joinWorker(host, world.objects())).toMatchObject({ restarted: "its certificate is garbage" });
      expect(await certificate()).not.toBe(first);
      expect(await joinWorker(host, world.objects())).toEqual({ kind: "kept", joined: true });
    } finally {
      await kubelet.end();
    }
  }, 60_000);

  test("the join object is minted, kept, and minted anew when the API forgets its token or the epoch changes", async () => {
    await mint();
    const first = join();
    expect(bootstrapKubeconfig(first)).toContain(first.token);
    expect(await mint()).toEqual({ kind: "kept" });
    await cluster.admin.delete(pathOf.secret(`bootstrap-token-${first.token.slice(0, 6)}`));
    expect(await mint()).toEqual({ kind: "minted", reason: "the API does not know its token" });
    cluster.world.now += 12 * 60 * minute + 1000;
    expect(await mint()).toMatchObject({ kind: "minted" });
    expect(join()).toMatchObject({ epoch: 1, authorities: authorities.map(certificateOf) });
    expect(Date.parse(join().until) - cluster.world.now).toBe(36 * 60 * minute);

    cluster.world.contents.objects.delete("join/worker");
    const before = (await tokens()).length;
    const raced = await Promise.all([mint(), mint()]);
    expect(raced.map(({ kind }) => kind).sort()).toEqual(["minted", "waits"]);
    expect((await tokens()).length).toBe(before + 1);

    cluster.world.contents.objects.delete("epoch");
    expect(await mint()).toEqual({ kind: "waits", reason: "the epoch is absent" });
    await createEpoch(cluster.world.objects(), "orchard", [{ name: "etcd-0", peerUrl: "https://10.0.0.4:2380" }], "1".repeat(32));
    expect(await mint()).toEqual({ kind: "waits", reason: "the epoch is bootstrapping" });
    const epoch = await readEpoch(cluster.world.objects());
    if (epoch.kind !== "found") throw new Error("no epoch");
    await markRunning(cluster.world.objects(), { ...epoch, value: { ...epoch.value, number: 2 } }, "abc");
    expect(await mint()).toEqual({ kind: "minted", reason: "it is of epoch 1" });
  }, 60_000);
});
