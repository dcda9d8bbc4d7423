import { desiredRepair } from "../../../constructs/spec/store";
import { poolTag } from "../../../constructs/spec/tag-names";
import type { Api } from "../../../agent/kubernetes/api";
import { signedLedger } from "../../../agent/kubernetes/approver";
import { node as nodeSchema, collections, pathOf } from "../../../agent/kubernetes/objects";
import { close, open, publishReport, reportOf } from "../../../agent/kubernetes/report";
import { kubernetesTimes } from "../../../agent/kubernetes/times";
import { waveRound } from "../../../agent/kubernetes/wave-round";
import type { Configuring } from "../../../agent/machine/machine";
import type { Run } from "../../../agent/machine/systemd";
import { WorkerRolling } from "../../../agent/machine/worker-rolling";
import { issue } from "../../../agent/pki/certificates";
import { settle } from "../../../agent/pki/births";
import { kubeletClient } from "../../../agent/pki/leaves";
import { readRollout } from "../../../agent/rollout";
import { timing } from "../../../agent/timing";
import { startApi, until, withApi, type TestApi } from "./cluster";
import { namesOf, nodeObject, StandIn } from "./kubelets";

const [good, candidate] = ["a".repeat(64), "b".repeat(64)];
const nodes = ["ip-a", "ip-b"];

withApi("waves at a real API", () => {
  let cluster: TestApi;
  let admin: Api;
  const own = new Map<string, Api>();
  beforeAll(async () => {
    cluster = await startApi();
    ({ admin } = cluster);
    const settled = await settle(cluster.world.machine("master"), "cluster/kubernetes");
    if (settled.kind !== "settled" || !settled.generations[0]) throw new Error("no CA");
    for (const name of nodes) {
      const node = nodeObject(name) as { metadata: object };
      await admin.create(collections.nodes, { ...node, metadata: { ...node.metadata, labels: { [poolTag]: "general" } } });
      const status = { conditions: [{ type: "Ready", status: "True" }] };
      expect(await admin.merge(`${pathOf.node(name)}/status`, { status })).toMatchObject({ kind: "answered" });
      own.set(name, await new StandIn(cluster, name).api(await issue(settled.generations[0], kubeletClient(name), Date.now())));
    }
    const entries = nodes.map((name) => [name, { instance: `i-${name}`, until: Date.now() + 3_600_000 }] as const);
    await signedLedger(admin).write(new Map(entries), undefined);
    const repair = { workersAtOncePercent: 10, windows: [], backup: { everyMinutes: 5, keepHours: 24, keepDays: 30 } };
    await cluster.world.objects().create("desired/repair", desiredRepair.parse(repair));
  }, 120_000);
  afterAll(() => cluster.stop());

  const as = (name: string): Api => own.get(name) ?? admin;
  const says = (name: string, configuration: string, by = as(name)) =>
    publishReport(by, name, { configuration, healthy: true, at: new Date(cluster.world.now).toISOString() });
  const found = async (name: string) => {
    const answer = await admin.get(pathOf.node(name), nodeSchema);
    if (answer.kind !== "answered") throw new Error(answer.reason);
    return answer.value;
  };
  const round = (desired: string, turn = true) =>
    waveRound({
      api: admin,
      objects: cluster.world.objects(),
      times: timing,
      kubernetes: kubernetesTimes(1),
      desired: () => Promise.resolve(desired),
      turn: () => Promise.resolve(turn),
      image: "registry.k8s.io/pause:3.10.1",
    });
  const record = async () => {
    const read = await readRollout(cluster.world.objects(), "worker");
    return read.kind === "found" ? read.value : read;
  };

  test("a node says for itself what it runs, and no other does", async () => {
    expect(await says("ip-a", good)).toBeUndefined();
    expect(reportOf(await found("ip-a"))).toMatchObject({ configuration: good, healthy: true });
    expect(await says("ip-a", candidate, as("ip-b"))).toContain("403");
    await admin.merge(pathOf.node("ip-b"), { metadata: { annotations: { "coppice/report": "{}" } } });
    expect(reportOf(await found("ip-b"))).toBeUndefined();
  });

  test("a node opens what its agent has closed, and leaves closed what a person has", async () => {
    const isClosed = async () => (await found("ip-a")).spec?.unschedulable === true;
    expect([await close(as("ip-a"), "ip-a"), await isClosed()]).toEqual([undefined, true]);
    expect([await close(as("ip-a"), "ip-a"), await open(as("ip-a"), "ip-a"), await isClosed()]).toEqual([undefined, true, false]);
    await admin.merge(pathOf.node("ip-a"), { spec: { unschedulable: true } });
    expect([await close(as("ip-a"), "ip-a"), await open(as("ip-a"), "ip-a"), await isClosed()]).toEqual([undefined, true, true]);
    await admin.merge(pathOf.node("ip-a"), { spec: { unschedulable: null } });
  });

  test("a wave is over when a pod on its node is reached, and its pod is gone then", async () => {
    for (const name of nodes) await says(name, good);
    expect(await round(good)).toMatchObject({ kind: "saved" });
    expect(await round(candidate, false)).toMatchObject({ kind: "rests" });
    expect(await round(candidate)).toMatchObject({ kind: "saved", reason: "another configuration is wanted" });
    expect(await Promise.all([round(candidate), round(candidate)])).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: "saved" }), expect.objectContaining({ kind: "failed" })]),
    );
    expect(await record()).toMatchObject({ candidate, wave: ["i-ip-a"] });
    expect(await round(candidate)).toMatchObject({ kind: "rests", reason: "waits for i-ip-a" });
    expect(await namesOf(admin, collections.ownPods)).toEqual([]);

    await says("ip-a", candidate);
    await until("the service account", async () =>
      (await namesOf(admin, "/api/v1/namespaces/kube-system/serviceaccounts")).includes("default") ? true : undefined,
    );
    expect(await round(candidate)).toMatchObject({ kind: "rests" });
    expect(await namesOf(admin, collections.ownPods)).toEqual(["coppice-probe-ip-a"]);
    expect(await round(candidate)).toMatchObject({ kind: "rests" });
    const pod = pathOf.ownPod("coppice-probe-ip-a");
    // An address of groups, which nobody connects to.
    await admin.merge(`${pod}/status`, { status: { phase: "Running", podIP: "224.0.0.1", podIPs: [{ ip: "224.0.0.1" }] } });
    expect(await round(candidate)).toMatchObject({ kind: "rests" });
    await admin.merge(`${pod}/status`, { status: { phase: "Running", podIP: "127.0.0.1", podIPs: [{ ip: "127.0.0.1" }] } });
    expect(await round(candidate)).toMatchObject({ kind: "saved", reason: "the wave is healthy" });
    expect(await record()).toMatchObject({ done: ["i-ip-a"] });
    await until("the end of the pod", async () => ((await namesOf(admin, collections.ownPods)).length === 0 ? true : undefined));
  }, 60_000);

  test("what an agent said long ago is nothing to name it for", async () => {
    cluster.world.now += 3 * timing.healthy * 1000;
    expect(await round(candidate)).toMatchObject({ kind: "rests", reason: "a worker does not say what it runs" });
    await says("ip-b", good);
    expect(await round(candidate)).toMatchObject({ kind: "saved", reason: "i-ip-b: next" });
  });

  /** The agent of `ip-b`, which runs a configuration. @returns what it did to its machine */
  const worker = async (configuration: string, operation = "IDLE", more: Partial<Configuring> = {}): Promise<readonly string[]> => {
    const done: string[] = [];
    const exit = jest.spyOn(process, "exit").mockImplementation((code) => void done.push(`exit ${code}`) as never);
    const said = jest.spyOn(process.stdout, "write").mockReturnValue(true);
    const machine = {
      objects: cluster.world.objects(),
      configured: { digest: configuration, value: { timerFactor: 1 } },
      fellBack: undefined,
      instance: "i-ip-b",
      hostname: "ip-b",
      health: { serves: true, state: "run" },
      times: timing,
      ...more,
    } as unknown as Configuring;
    const run: Run = (program, args) => {
      if (program === "systemctl") done.push(args.join(" "));
      return Promise.resolve({ ok: true, said: `CURRENT_OP=UPDATE_STATUS_${operation}\n` });
    };
    const rolling = new WorkerRolling(machine, as("ip-b"), () => timing.healthy, run);
    await rolling.round();
    // Nothing is known of the store's clock before it was asked once.
    await rolling.round();
    exit.mockRestore();
    said.mockRestore();
    return done;
  };
  const isClosed = async () => (await found("ip-b")).spec?.unschedulable === true;

  test("a worker that is named closes its node and moves; its next agent says so, and opens the node", async () => {
    expect(await record()).toMatchObject({ candidate, wave: ["i-ip-b"] });
    expect(await worker(good, "IDLE", { fellBack: candidate })).toEqual([]);
    expect([await isClosed(), reportOf(await found("ip-b"))]).toMatchObject([false, { configuration: good, fellBack: candidate }]);
    expect(await worker(good)).toContain("exit 0");
    expect(await isClosed()).toBe(true);
    expect(await worker(candidate)).toEqual([]);
    expect([await isClosed(), reportOf(await found("ip-b"))]).toMatchObject([false, { configuration: candidate, healthy: true }]);
  });

  test("a restart that its system wants is told, and happens when the worker is named", async () => {
    expect(await worker(candidate, "UPDATED_NEED_REBOOT", { instance: "i-other" })).toEqual([]);
    expect(reportOf(await found("ip-b"))).toMatchObject({ restart: expect.stringContaining("update") as string });
    expect(await worker(candidate, "UPDATED_NEED_REBOOT")).toContain("reboot");
    expect(await isClosed()).toBe(true);
  });
});
