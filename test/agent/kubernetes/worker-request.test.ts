import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { lookAtWorker } from "../../../agent/kubernetes/worker-look";
import {
  decideRequest,
  nextBrokenness,
  requestReplacement,
  type Brokenness,
  type WorkerLook,
} from "../../../agent/kubernetes/worker-request";
import { kubernetesTimes } from "../../../agent/kubernetes/times";
import { Disk } from "../pki/disk";
import { start, World } from "../pki/world";

const times = kubernetesTimes(1);
const minute = 60_000;
const broken: Brokenness = { since: 0, reason: "EIO" };

test("broken is what is broken all the time", () => {
  const look = (kubelet: WorkerLook["kubelet"], rootDisk?: string): WorkerLook => ({ kubelet, ...(rootDisk ? { rootDisk } : {}) });
  const first = nextBrokenness(undefined, look("unhealthy"), 5);
  expect(first).toEqual({ since: 5, reason: "the kubelet does not answer on its health port" });
  expect(nextBrokenness(first, look("unhealthy"), 99)).toMatchObject({ since: 5 });
  expect(nextBrokenness(first, look("healthy", "EROFS"), 99)).toEqual({ since: 5, reason: "EROFS" });
  expect(nextBrokenness(first, look("healthy"), 99)).toBeUndefined();
  expect(nextBrokenness(first, look("not due"), 99)).toBeUndefined();
});

test.each<[string, Brokenness | undefined, number | undefined, number, object]>([
  ["a healthy worker rests, even with a grant", undefined, 1000, 60 * minute, { kind: "rest" }],
  ["one that is broken for a while rests", broken, 1000, 15 * minute - 1, { kind: "rest" }],
  ["one that is broken for long asks", broken, undefined, 15 * minute, { kind: "ask", reason: "EIO" }],
  ["and goes with a grant", broken, 1000, 15 * minute, { kind: "leave", reason: "EIO", seconds: 300 }],
  ["within the grant", broken, 20, 15 * minute, { kind: "leave", reason: "EIO", seconds: 20 }],
  ["and not after it", broken, 0, 15 * minute, { kind: "ask", reason: "EIO" }],
])("%s", (_name, state, left, monotonic, step) => {
  expect(decideRequest(state, left, monotonic, times)).toEqual(step);
});

test("a worker asks once, and leaves when it is granted; without the store it stays", async () => {
  const world = new World();
  const requester = { objects: world.objects(), instance: "i-1", pool: "general", monotonic: () => 20 * minute, times };
  expect(await requestReplacement(requester, undefined)).toEqual({ kind: "rest" });
  expect(world.contents.objects.size).toBe(0);
  expect(await requestReplacement(requester, broken)).toEqual({ kind: "asked", reason: "EIO" });
  const asked = world.contents.objects.get("requests/workers/i-1")?.body;
  expect(JSON.parse(asked ?? "")).toEqual({ instance: "i-1", pool: "general", reason: "EIO", at: new Date(start).toISOString() });
  world.now += minute;
  expect(await requestReplacement(requester, broken)).toEqual({ kind: "asked", reason: "EIO" });
  expect(world.contents.objects.get("requests/workers/i-1")?.body).toBe(asked);

  const until = new Date(world.now + 30 * minute).toISOString();
  await requester.objects.create("grants/workers/i-1", { instance: "i-1", by: "master-0", until });
  expect(await requestReplacement(requester, broken)).toMatchObject({ kind: "leave" });
  world.now += 30 * minute;
  expect(await requestReplacement(requester, broken)).toMatchObject({ kind: "asked" });
  const away = { ...requester, objects: world.objects({ failure: { kind: "unavailable", reason: "503" } }) };
  expect(await requestReplacement(away, broken)).toEqual({ kind: "waits", reason: "503" });
});

test("the kubelet is to blame only where nothing else is missing", async () => {
  const disk = new Disk();
  let status = 200;
  const server = createServer((_, response) => response.writeHead(status).end()).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const look = (kubeletHealth: URL, api: URL): Promise<WorkerLook> => lookAtWorker(disk.place, { kubeletHealth, api });
  const nobody = new URL("http://127.0.0.1:1");
  try {
    expect(await look(url, url)).toEqual({ kubelet: "healthy" });
    expect(await look(nobody, url)).toEqual({ kubelet: "not due" });
    for (const path of ["/etc/kubernetes/pki/ca.crt", "/etc/kubernetes/bootstrap-kubelet.conf"])
      await disk.place.write({ path, mode: "0600", owner: "root:root" }, "x");
    expect(await look(nobody, nobody)).toEqual({ kubelet: "not due" });
    expect(await look(nobody, url)).toEqual({ kubelet: "unhealthy" });
    status = 500;
    expect(await look(url, url)).toEqual({ kubelet: "not due" });
  } finally {
    server.close();
    server.closeAllConnections();
    disk.remove();
  }
});
