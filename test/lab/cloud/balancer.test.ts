import { mkdtempSync, rmSync } from "node:fs";
import { createServer, get, type Server } from "node:https";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeAuthority, type KeyPair } from "../../../lab/authority";
import { Balancer } from "../../../lab/cloud/balancer";
import { freePort } from "../../loopback";

/** Addresses of loopback, as machines have theirs. */
const [front, one, two] = ["127.0.0.2", "127.0.0.11", "127.0.0.12"];
const health = { path: "/readyz", intervalSeconds: 10, timeoutSeconds: 6, good: 2, bad: 2 };

let folder: string;
let tls: KeyPair;
let port: number;
let balancer: Balancer;
let sockets: Socket[] = [];
let targets: Map<string, { readonly server: Server; ready: boolean; /** Checks that fail all the same. */ failing: number }>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "lab-balancer-"));
  tls = makeAuthority(folder).issue(["localhost"]);
  port = await freePort();
  targets = new Map();
  for (const address of [one, two]) targets.set(address, await target(address));
  balancer = new Balancer({ addresses: [front], port, health }, 0.005);
  await new Promise<void>((resolve) => balancer.servers[0]?.listen(port, front, resolve));
});
afterEach(async () => {
  sockets.forEach((socket) => socket.destroy());
  [one, two].forEach((address) => balancer.deregister(address));
  for (const { server } of targets.values()) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await new Promise((resolve) => balancer.servers[0]?.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

async function target(address: string) {
  const state = {
    ready: true,
    failing: 0,
    server: createServer({ cert: tls.certificate, key: tls.key }, ({ url }, response) => {
      response.writeHead(url === "/readyz" && (!state.ready || state.failing-- > 0) ? 503 : 200).end(address);
    }),
  };
  await new Promise<void>((resolve) => state.server.listen(port, address, resolve));
  return state;
}

function asked(): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: front, port, path: "/", rejectUnauthorized: false, agent: false }, (response) => {
      response.once("data", (data: Buffer) => resolve(data.toString()));
    }).once("error", reject);
  });
}

async function become(...addresses: string[]): Promise<void> {
  for (let tries = 0; balancer.healthy.join() !== addresses.join(); tries++) {
    if (tries > 100) throw new Error(`healthy: ${balancer.healthy.join()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("connections go to all that are healthy", async () => {
  [one, two].forEach((address) => balancer.register(address));
  await become(one, two);
  expect(new Set([await asked(), await asked()])).toEqual(new Set([one, two]));
});

test("one that is not ready gets no new connection and keeps its old ones", async () => {
  [one, two].forEach((address) => balancer.register(address));
  await become(one, two);
  sockets = [0, 1].map(() => connect({ host: front, port }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const state = targets.get(one);
  if (state) state.ready = false;
  await become(two);
  expect([await asked(), await asked()]).toEqual([two, two]);
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([false, false]);
  if (state) state.ready = true;
  await become(one, two);
});

test("one bad check is none", async () => {
  [one, two].forEach((address) => balancer.register(address));
  await become(one, two);
  const state = targets.get(one);
  if (state) state.failing = 1;
  for (let tries = 0; tries < 40; tries++) {
    expect(balancer.healthy).toEqual([one, two]);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(state?.failing).toBeLessThan(0);
});

test("a new machine shows first that it is healthy, and when none is, all are tried", async () => {
  targets.forEach((state) => (state.ready = false));
  balancer.register(one);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(balancer.healthy).toEqual([]);
  expect(await asked()).toBe(one);
  balancer.deregister(one);
  await expect(asked()).rejects.toThrow();
});
