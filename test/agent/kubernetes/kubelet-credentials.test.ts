import { markRunning, readEpoch } from "../../../agent/epoch";
import { bear, issue, type Authority } from "../../../agent/pki/certificates";
import { kubeletClient } from "../../../agent/pki/leaves";
import { bootstrapKubeconfig, keepKubelet, type KubeletHost } from "../../../agent/kubernetes/kubelet-credentials";
import { joinMaster, joinWorker } from "../../../agent/kubernetes/join";
import { paths } from "../../../agent/kubernetes/paths";
import { Disk } from "../pki/disk";
import { start, World } from "../pki/world";

const hour = 3_600_000;
const file = { mode: "0600", owner: "root:root" };
const [first, second] = [
  bootstrapKubeconfig({ token: "abcdef.0123456789abcdef" }),
  bootstrapKubeconfig({ token: "ghijkl.0123456789abcdef" }),
];

let authority: Authority;
beforeAll(async () => {
  authority = await bear("orchard", "cluster/kubernetes", 1, start);
});

/** A machine with a kubelet that counts its starts. */
class Host implements KubeletHost {
  readonly disk = new Disk();
  readonly place = this.disk.place;
  now = start;
  fault: string | undefined;
  /** Whether systemd takes a restart. */
  takes = true;
  readonly restarts: string[] = [];
  readonly clock = () => ({ now: this.now, fault: this.fault });
  readonly restart = (reason: string): Promise<boolean> => {
    if (this.takes) this.restarts.push(reason);
    return Promise.resolve(this.takes);
  };

  async certified(path: string = paths.kubeletClient): Promise<this> {
    const { certificate, key } = await issue(authority, kubeletClient("a"), this.now);
    await this.place.write({ path, ...file }, `${certificate}\n${key}`);
    return this;
  }

  has(path: string): Promise<boolean> {
    return this.place.read(path).then((text) => text !== undefined);
  }

  /** The files in `/run` are gone. */
  async boot(): Promise<void> {
    await this.place.remove(paths.kubeletStarted);
  }
}

let host: Host;
beforeEach(() => {
  host = new Host();
});
afterEach(() => host.disk.remove());

test("a new machine gets what it joins with; its kubelet waits for that and is not started again", async () => {
  expect(await keepKubelet(host, first, 1)).toEqual({ joined: false });
  expect(host.disk.text(paths.bootstrap)).toBe(first);
  expect(await keepKubelet(host, first, 1)).toEqual({ joined: false });
  expect(host.restarts).toEqual([]);
});

test("a kubelet without a certificate is started again when its token changes, one with a certificate is left alone", async () => {
  await keepKubelet(host, first, 1);
  expect(await keepKubelet(host, second, 1)).toEqual({ joined: false, restarted: "what it joins with has changed" });
  expect(await keepKubelet(host, second, 1)).toEqual({ joined: false });
  await host.certified();
  expect(await keepKubelet(host, first, 1)).toEqual({ joined: true });
  expect(host.disk.text(paths.bootstrap)).toBe(first);
  expect(host.restarts).toHaveLength(1);
});

test("after a boot with a token of long ago on the disk, the kubelet that has read it is started again", async () => {
  await keepKubelet(host, first, 1);
  await host.boot();
  expect(await keepKubelet(host, second, 1)).toMatchObject({ restarted: "what it joins with has changed" });
  await host.certified();
  await host.boot();
  expect(await keepKubelet(host, first, 1)).toEqual({ joined: true });
});

test("in another epoch the kubelet is started again, once", async () => {
  await host.certified();
  await keepKubelet(host, first, 1);
  expect(await keepKubelet(host, first, 2)).toEqual({ joined: true, restarted: "etcd is in epoch 2, and it has started in 1" });
  expect(await keepKubelet(host, first, 2)).toEqual({ joined: true });
  await host.boot();
  expect(await keepKubelet(host, first, 3)).toEqual({ joined: true });
});

test.each(["token", "epoch", "certificate"])("a restart that failed is made up for (%s)", async (what) => {
  if (what !== "token") await host.certified();
  await keepKubelet(host, first, 1);
  host.takes = false;
  if (what === "certificate") host.now += 25 * hour;
  const [text, epoch] = [what === "token" ? second : first, what === "epoch" ? 2 : 1];
  const failed = expect.stringContaining("the kubelet was not started again") as string;
  expect(await keepKubelet(host, text, epoch)).toMatchObject({ failed });
  host.takes = true;
  expect((await keepKubelet(host, text, epoch)).restarted).toBeDefined();
  expect((await keepKubelet(host, text, epoch)).restarted).toBeUndefined();
  expect(host.restarts).toHaveLength(1);
});

test("a certificate that has ended goes away with its kubeconfig, however long ago, unless the clock is wrong", async () => {
  await host.certified();
  await host.place.write({ path: paths.kubeconfig, ...file }, "x");
  await keepKubelet(host, first, 1);
  host.now += 365 * 24 * hour;
  host.fault = "the clock is wrong";
  expect(await keepKubelet(host, first, 1)).toEqual({ joined: false });
  expect(await host.has(paths.kubeletClient)).toBe(true);
  host.fault = undefined;
  expect(await keepKubelet(host, first, 1)).toEqual({ joined: false, restarted: "its certificate has ended" });
  expect([await host.has(paths.kubeletClient), await host.has(paths.kubeconfig)]).toEqual([false, false]);
});

test.each([
  ["empty", ""],
  ["half", "-----BEGIN CERTIFICATE-----\nMIIB"],
])("certificates that a power cut has left %s go away", async (_name, torn) => {
  await keepKubelet(host, first, 1);
  for (const path of [paths.kubeletClient, paths.kubeletServing, paths.kubeconfig]) await host.place.write({ path, ...file }, torn);
  expect(await keepKubelet(host, first, 1)).toMatchObject({ restarted: "its certificate is garbage" });
  for (const path of [paths.kubeletClient, paths.kubeletServing, paths.kubeconfig]) expect(await host.has(path)).toBe(false);
});

test("a serving certificate is renewed by the kubelet alone, but not when it is garbage", async () => {
  await (await host.certified()).certified(paths.kubeletServing);
  await host.place.write({ path: paths.kubeconfig, ...file }, "x");
  await keepKubelet(host, first, 1);
  await host.place.write({ path: paths.kubeletServing, ...file }, "garbage");
  expect(await keepKubelet(host, first, 1)).toEqual({ joined: true, restarted: "its serving certificate is garbage" });
  expect([await host.has(paths.kubeletServing), await host.has(paths.kubeconfig)]).toEqual([false, true]);
});

test("a worker takes its token from the join object, and waits for a good one", async () => {
  const world = await new World().begin();
  const objects = world.objects();
  expect(await joinWorker(host, objects)).toMatchObject({ kind: "waits" });
  await objects.create("join/worker", { epoch: 1, token: "ABC" });
  expect(await joinWorker(host, objects)).toMatchObject({ kind: "waits" });
  world.contents.objects.delete("join/worker");
  const join = { epoch: 3, token: "abcdef.0123456789abcdef", until: new Date(start).toISOString(), authorities: ["x"] };
  await objects.create("join/worker", join);
  expect(await joinWorker(host, objects)).toEqual({ kind: "kept", joined: false });
  expect(host.disk.text(paths.bootstrap)).toBe(first);
});

test("a master makes what it joins with, renews it while it is of use, and makes none with a wrong clock", async () => {
  const objects = (await new World().begin()).objects();
  let ready = false;
  const joining = { host, objects, node: "a", authorities: [authority], isApiReady: () => Promise.resolve(ready) };
  expect(await joinMaster(joining)).toEqual({ kind: "waits", reason: "the epoch is bootstrapping" });
  const epoch = await readEpoch(objects);
  if (epoch.kind === "found") await markRunning(objects, epoch, "abc");
  expect(await joinMaster(joining)).toEqual({ kind: "waits", reason: "the API is not ready" });
  ready = true;
  host.fault = "the clock is wrong";
  expect(await joinMaster(joining)).toEqual({ kind: "waits", reason: "the clock is wrong" });
  expect(await host.has(paths.bootstrap)).toBe(false);
  host.fault = undefined;
  await joinMaster(joining);
  const made = host.disk.text(paths.bootstrap);
  await joinMaster(joining);
  expect(host.disk.text(paths.bootstrap)).toBe(made);
  // What is there is kept good whether an API answers or not.
  ready = false;
  host.now += 20 * hour;
  expect(await joinMaster(joining)).toMatchObject({ restarted: "what it joins with has changed" });
  expect(host.disk.text(paths.bootstrap)).not.toBe(made);
});
