import * as z from "zod";
import { markRunning, readEpoch } from "../../../agent/epoch";
import { masterChores } from "../../../agent/kubernetes/chores";
import { drain } from "../../../agent/kubernetes/drain";
import { grantRequests, type Granter } from "../../../agent/kubernetes/grants";
import { labelMaster } from "../../../agent/kubernetes/label";
import { Ledger } from "../../../agent/kubernetes/ledger";
import { collections, node as nodeSchema, pathOf } from "../../../agent/kubernetes/objects";
import { paths } from "../../../agent/kubernetes/paths";
import { keepRoles } from "../../../agent/kubernetes/roles";
import { kubernetesTimes } from "../../../agent/kubernetes/times";
import { issue, type Profile } from "../../../agent/pki/certificates";
import { kubeletClient } from "../../../agent/pki/leaves";
import { settle } from "../../../agent/pki/births";
import type { Api } from "../../../agent/kubernetes/api";
import { startApi, until, withApi, type TestApi } from "./cluster";
import { FakeCloud } from "./fake-cloud";
import { namesOf, nodeObject, StandIn } from "./kubelets";
import { worker } from "./requests";

const kubeProxy = { components: [{ name: "kube-proxy", downloads: [], files: [], units: [] }] };

withApi("chores at a real API", () => {
  let cluster: TestApi;
  let admin: Api;
  beforeAll(async () => {
    cluster = await startApi();
    ({ admin } = cluster);
  }, 120_000);
  afterAll(() => cluster.stop());

  /** The API as anybody whom the cluster's CA certifies. */
  const as = async (profile: Profile): Promise<Api> => {
    const settled = await settle(cluster.world.machine("master"), "cluster/kubernetes");
    if (settled.kind !== "settled" || !settled.generations[0]) throw new Error("no CA");
    return new StandIn(cluster, "").api(await issue(settled.generations[0], profile, Date.now()));
  };
  const listsNodes = (api: Api) => api.list(collections.nodes, z.unknown()).then(({ kind }) => kind);
  const bindings = () =>
    namesOf(admin, collections.clusterRoleBindings).then((names) => names.filter((name) => name.startsWith("coppice:")));
  const node = async (name: string): Promise<Api> => {
    await admin.create(collections.nodes, nodeObject(name));
    return as(kubeletClient(name));
  };

  /** One that takes a pod of its labels for its own; its uid. */
  const daemonSet = async (namespace: string): Promise<string> => {
    const path = `/apis/apps/v1/namespaces/${namespace}/daemonsets`;
    const labels = { app: "daemon" };
    const template = { metadata: { labels }, spec: { containers: [{ name: "x", image: "x" }] } };
    const spec = { selector: { matchLabels: labels }, updateStrategy: { type: "OnDelete" }, template };
    await admin.create(path, { apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name: "daemon" }, spec });
    const made = await admin.get(`${path}/daemon`, z.object({ metadata: z.object({ uid: z.string() }) }));
    return made.kind === "answered" ? made.value.metadata.uid : made.kind;
  };

  test("operators have their role until somebody deletes the binding, and everything else is put back", async () => {
    const operator = await as({ commonName: "alice", organization: "coppice:operators", usages: ["client"], hours: 8 });
    expect(await listsNodes(operator)).toBe("refused");
    expect(await keepRoles(admin, kubeProxy)).toEqual({ kind: "bound" });
    expect(await bindings()).toEqual(["coppice:joining", "coppice:kube-proxy", "coppice:kubelet-api", "coppice:operators"]);
    expect(await until("the role", async () => ((await listsNodes(operator)) === "answered" ? true : undefined))).toBe(true);

    await admin.delete(pathOf.clusterRoleBinding("coppice:operators"));
    await admin.delete(pathOf.clusterRoleBinding("coppice:joining"));
    await admin.merge(pathOf.clusterRoleBinding("coppice:kubelet-api"), { subjects: [] });
    expect(await keepRoles(admin, kubeProxy)).toEqual({ kind: "bound" });
    expect(await bindings()).toEqual(["coppice:joining", "coppice:kube-proxy", "coppice:kubelet-api"]);
    const subjects = z.object({ subjects: z.array(z.object({ name: z.string() })) });
    expect(await admin.get(pathOf.clusterRoleBinding("coppice:kubelet-api"), subjects)).toMatchObject({
      value: { subjects: [{ name: "kube-apiserver-kubelet-client" }] },
    });
    expect(await until("the end of the role", async () => ((await listsNodes(operator)) === "refused" ? true : undefined))).toBe(true);
  }, 60_000);

  test("a master's node is labeled once it is there, and not made", async () => {
    expect(await labelMaster(admin, "ip-10-0-0-20")).toMatchObject({ kind: "waits" });
    expect(await namesOf(admin, collections.nodes)).toEqual([]);
    await node("ip-10-0-0-20");
    expect(await labelMaster(admin, "ip-10-0-0-20")).toEqual({ kind: "labeled" });
    expect(await labelMaster(admin, "ip-10-0-0-20")).toEqual({ kind: "kept" });
  });

  test("an object of another uid is not deleted", async () => {
    await node("a");
    expect(await admin.delete(pathOf.node("a"), "somebody-else")).toMatchObject({ kind: "conflict" });
    expect(await admin.get(pathOf.node("a"), nodeSchema)).toMatchObject({ kind: "answered" });
  });

  test("of two masters that write a ledger at once, one looks again; what no agent wrote stays", async () => {
    const ledger = new Ledger(admin, "example", z.number());
    expect(await ledger.read()).toEqual({ kind: "read", entries: new Map() });
    const first = await Promise.all([ledger.write(new Map([["a", 1]]), undefined), ledger.write(new Map([["b", 2]]), undefined)]);
    expect(first.map(({ kind }) => kind).sort()).toEqual(["answered", "conflict"]);
    const page = await ledger.read();
    const version = page.kind === "read" ? page.version : undefined;
    const again = await Promise.all([11, 12, 13].map((value) => ledger.write(new Map([["a", value]]), version)));
    expect(again.filter(({ kind }) => kind === "answered")).toHaveLength(1);
    await admin.merge(pathOf.configMap("example"), { data: { x: "nonsense" } });
    expect(await ledger.read()).toMatchObject({ kind: "torn" });
  });

  test("masters that grant at once grant one in ten, and forget what is over", async () => {
    const { world } = cluster;
    const objects = world.objects();
    const cloud = new FakeCloud();
    const granter = (seat: string): Granter => ({
      api: admin,
      objects: world.objects(),
      cloud,
      seat,
      masters: 1,
      times: kubernetesTimes(1),
    });
    const round = () => Promise.all(["master-0", "master-1", "master-2"].map((seat) => grantRequests(granter(seat))));
    const granted = () => [...world.contents.objects.keys()].filter((key) => key.startsWith("grants/"));
    for (const name of ["m", "a", "b", "c"])
      await admin.create(collections.leases, {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name, namespace: "kube-node-lease" },
      });
    await objects.create("desired/repair", {
      workersAtOncePercent: 10,
      windows: [],
      backup: { everyMinutes: 5, keepHours: 24, keepDays: 30 },
    });
    for (const instance of ["i-1", "i-2"]) {
      cloud.machines.push(worker(instance, "10.0.1.1"));
      await objects.create(`requests/workers/${instance}`, {
        instance,
        pool: "general",
        reason: "EIO",
        at: new Date(world.now).toISOString(),
      });
    }
    await round();
    await round();
    expect(granted()).toEqual(["grants/workers/i-1"]);
    cloud.machines.shift();
    await round();
    await round();
    expect(granted()).toEqual(["grants/workers/i-2"]);
    expect([...world.contents.objects.keys()].filter((key) => key.startsWith("requests/"))).toEqual(["requests/workers/i-2"]);
    // In whose name another machine asks.
    await objects.create("requests/workers/i-9", { instance: "i-2", pool: "general", reason: "", at: new Date(world.now).toISOString() });
    expect((await round())[0]).toMatchObject({ kind: "decided", failed: ["requests/workers/i-9 asks for i-2"] });
  }, 60_000);

  test("every chore of a master goes round, and again", async () => {
    const { world, disk } = cluster;
    const objects = world.objects();
    const epoch = await readEpoch(objects);
    if (epoch.kind === "found") await markRunning(objects, epoch, "abc");
    const said = jest.spyOn(process.stdout, "write").mockReturnValue(true);
    const chores = masterChores({
      api: admin,
      objects,
      cloud: new FakeCloud(),
      kubelet: { place: disk.place, clock: () => ({ now: Date.now() }), restart: () => Promise.resolve(true) },
      configuration: {
        ...kubeProxy,
        pools: {},
        seats: { etcd: [], masters: [{ name: "master-0", zone: "a", address: "10.0.0.20" }] },
        timerFactor: 1,
      },
      seat: "master-0",
      node: "ip-10-0-0-20",
      authorities: () => settle(world.machine("master"), "cluster/kubernetes"),
    });
    await Promise.all(chores.map(({ round }) => round()));
    const next = await Promise.all(chores.map(async ({ name, round }) => [name, (await round()) / 1000]));
    const lines = said.mock.calls.map(([line]) => JSON.parse(String(line)) as object);
    said.mockRestore();
    expect(Object.fromEntries(next)).toEqual({ approver: 1, kubelet: 1, label: 15, operators: 15, grants: 30, mint: 60, roles: 300 });
    expect(lines).toContainEqual({ event: "mint", kind: "minted", reason: "there is none yet" });
    expect(world.contents.objects.has("join/worker")).toBe(true);
    expect(disk.text(paths.bootstrap)).toContain("client-key-data");
  }, 60_000);

  test("a node closes itself and its pods leave, but for daemons and what a budget holds", async () => {
    const own = await node("b");
    const namespace = "default";
    await until("the service account", async () =>
      (await namesOf(admin, `/api/v1/namespaces/${namespace}/serviceaccounts`)).includes("default") ? true : undefined,
    );
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const pod = async (name: string, metadata: object = {}): Promise<void> => {
      const spec = {
        nodeName: "b",
        containers: [{ name: "x", image: "x" }],
        terminationGracePeriodSeconds: 0,
        automountServiceAccountToken: false,
      };
      expect(await admin.create(pods, { apiVersion: "v1", kind: "Pod", metadata: { name, ...metadata }, spec })).toMatchObject({
        kind: "answered",
      });
      const status = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
      expect(await admin.merge(`${pods}/${name}/status`, { status })).toMatchObject({ kind: "answered" });
    };
    await pod("free");
    await pod("held", { labels: { app: "held" } });
    const uid = await daemonSet(namespace);
    const ownerReferences = [{ apiVersion: "apps/v1", kind: "DaemonSet", name: "daemon", uid, controller: true }];
    await pod("daemon", { labels: { app: "daemon" }, ownerReferences });
    const selector = { matchLabels: { app: "held" } };
    const budgets = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
    const budget = {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "held" },
      spec: { minAvailable: 1, selector },
    };
    await admin.create(budgets, budget);
    await until("the budget", async () => {
      const found = await admin.get(`${budgets}/held`, z.object({ status: z.object({ observedGeneration: z.number() }) }));
      return found.kind === "answered" ? true : undefined;
    });
    const clock = { monotonic: () => performance.now(), sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };
    const drained = await drain(own, "b", 5, clock);
    expect(drained).toEqual({ left: [expect.stringContaining("default/held: ") as string] });
    expect((await namesOf(admin, pods)).filter((name) => ["daemon", "free", "held"].includes(name))).toEqual(["daemon", "held"]);
    expect(await admin.get(pathOf.node("b"), z.object({ spec: z.object({ unschedulable: z.literal(true) }) }))).toMatchObject({
      kind: "answered",
    });
    // Another node's pods are none of its business.
    await node("d");
    expect((await drain(await node("c"), "d", 1, clock)).open).toContain("403");
  }, 60_000);
});
