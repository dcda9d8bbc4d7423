import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { proxyTiming, type ProxyTiming } from "../../../agent/api-proxy/health";
import { startApiProxy, type ApiProxy } from "../../../agent/api-proxy/proxy";
import { apiServers, blackHole, tcpServer, whoAnswers, type ApiServer } from "./masters";

const times: ProxyTiming = {
  ...proxyTiming,
  probeEvery: 100,
  probeAgain: 20,
  probePatience: 300,
  connect: 300,
  drain: 400,
  halfOpen: 300,
};

jest.setTimeout(20_000);

let masters: readonly ApiServer[];
let lines: string[];
const proxies: ApiProxy[] = [];
const clients: Socket[] = [];
const started: { stop(): void }[] = [];

beforeEach(async () => {
  masters = await apiServers(3);
  lines = [];
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  for (const one of started.splice(0)) one.stop();
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  await Promise.all(masters.map((master) => master.stop()));
});

const master = (index: number): ApiServer => masters[index] as ApiServer;

/** A proxy on the machine of the first master, unless `own` says otherwise. */
async function proxyOf(addresses = masters.map(({ address }) => address), own = addresses[0] ?? "", timing = times): Promise<ApiProxy> {
  const proxy = await startApiProxy({ listen: "127.0.0.1:0", masters: addresses, own, say: (line) => lines.push(line), times: timing });
  proxies.push(proxy);
  return proxy;
}

async function until(what: string, holds: () => boolean | Promise<boolean>, tries = 100): Promise<void> {
  if (await holds()) return;
  if (tries === 0) throw new Error(`never came: ${what}; said: ${lines.join("; ")}`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  return until(what, holds, tries - 1);
}
const said = (line: RegExp) => () => lines.some((one) => line.test(one));
const is = (one: ApiServer, state: string) => said(new RegExp(`^${one.address} is ${state}`));

async function plainServer(serve: (socket: Socket) => void): Promise<string> {
  const server = await tcpServer(serve);
  started.push(server);
  return server.address;
}

/** A connection that stays open; `ended` once the proxy has closed it. */
async function open(proxy: ApiProxy): Promise<{ socket: Socket; ended: () => boolean }> {
  const socket = connectTls({ host: "127.0.0.1", port: proxy.port, rejectUnauthorized: false });
  clients.push(socket);
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("secureConnect", resolve));
  return { socket, ended: () => socket.destroyed };
}

test("the machine's own API server comes first, and the next ready one when it dies, without a failed connection", async () => {
  const proxy = await proxyOf();
  expect(await whoAnswers(proxy.port)).toBe("master-0");
  await master(0).stop();
  const answered = await Promise.all(Array.from({ length: 20 }, () => whoAnswers(proxy.port)));
  expect(new Set(answered).size).toBe(1);
  expect(["master-1", "master-2"]).toContain(answered[0]);
  await until("silent", is(master(0), "silent: ECONNREFUSED"));
  await master(0).start();
  await until("own again", async () => (await whoAnswers(proxy.port)) === "master-0");
});

test("its own is the one at an address of the machine", async () => {
  const elsewhere = [1, 2].map((index) => `localhost:${master(index).port}`);
  for (let again = 0; again < 6; again++) {
    const masters = [...elsewhere, master(0).address];
    const proxy = await startApiProxy({ listen: "127.0.0.1:0", masters, say: (line) => lines.push(line), times });
    proxies.push(proxy);
    await until("ready", said(new RegExp(`^${master(0).address} is ready`)));
    expect(await whoAnswers(proxy.port)).toBe("master-0");
    lines = [];
  }
});

test("what was open stays where it is when the own API server comes back", async () => {
  await master(0).stop();
  const proxy = await proxyOf();
  const { ended } = await open(proxy);
  await master(0).start();
  await until("own", async () => (await whoAnswers(proxy.port)) === "master-0");
  await new Promise((resolve) => setTimeout(resolve, 2 * times.drain));
  expect(ended()).toBe(false);
});

test("a master that takes connections and answers nothing is left, and what was open to it is closed", async () => {
  const proxy = await proxyOf();
  await until("ready", is(master(0), "ready"));
  const { ended } = await open(proxy);
  master(0).frozen = true;
  await until("silent", is(master(0), "silent: no answer within 0.3 s"));
  await until("closed", ended);
  expect(await whoAnswers(proxy.port)).toMatch(/master-[12]/);
});

test("a listening socket that never answers TLS gets nothing while another master is ready", async () => {
  const address = await plainServer((socket) => clients.push(socket.on("error", () => undefined).resume()));
  const proxy = await proxyOf([address, master(1).address], address);
  expect(await whoAnswers(proxy.port)).toBe("master-1");
  await until("silent", said(new RegExp(`^${address} is silent: no answer`)));
  expect(await whoAnswers(proxy.port)).toBe("master-1");
});

test("a machine that drops what it is sent costs a client the time of one connection, and no answer", async () => {
  const hole = await blackHole();
  started.push(hole);
  master(1).ready = false;
  const proxy = await proxyOf([hole.address, master(1).address], hole.address);
  expect(await whoAnswers(proxy.port)).toBe("master-1");
  await until("silent", said(new RegExp(`^${hole.address} is silent: no connection within 0.3 s`)));
});

test("a master that is not ready gets nothing new, and what was open to it ends after a grace", async () => {
  const proxy = await proxyOf();
  await until("ready", () => masters.every((one) => is(one, "ready")()));
  const { ended } = await open(proxy);
  master(0).ready = false;
  await until("unready", is(master(0), "unready: 503"));
  expect(await whoAnswers(proxy.port)).toMatch(/master-[12]/);
  expect(ended()).toBe(false);
  const left = performance.now();
  await until("drained", ended);
  expect(performance.now() - left).toBeGreaterThan(times.drain / 2);
});

test("one bad sign changes nothing", async () => {
  const proxy = await proxyOf(undefined, undefined, { ...times, probeAgain: 300 });
  await until("ready", is(master(0), "ready"));
  master(0).ready = false;
  await new Promise((resolve) => setTimeout(resolve, 150));
  master(0).ready = true;
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(lines.filter((line) => line.startsWith(master(0).address))).toEqual([`${master(0).address} is ready`]);
  expect(await whoAnswers(proxy.port)).toBe("master-0");
});

test("when none is ready, what was open stays, and one that answers at all is tried before one that does not", async () => {
  master(0).frozen = true;
  const proxy = await proxyOf();
  await until("silent", is(master(0), "silent"));
  await until("ready", () => [1, 2].every((index) => is(master(index), "ready")()));
  const { ended } = await open(proxy);
  for (const one of masters) one.ready = false;
  await until("unready", () => [1, 2].every((index) => is(master(index), "unready")()));
  await new Promise((resolve) => setTimeout(resolve, 2 * times.drain));
  expect(ended()).toBe(false);
  expect(await whoAnswers(proxy.port)).toMatch(/master-[12]/);
});

test("when all are gone a client is told so at once, and the first that comes back is found", async () => {
  const proxy = await proxyOf();
  await Promise.all(masters.map((one) => one.stop()));
  expect(await whoAnswers(proxy.port)).toBe("ECONNRESET");
  await master(2).start();
  await until("back", async () => (await whoAnswers(proxy.port)) === "master-2");
});

test("workers spread over the masters", async () => {
  const first = new Set<string>();
  for (let worker = 0; worker < 40 && first.size < 3; worker++) {
    const proxy = await proxyOf(undefined, "none");
    await until("ready", () => masters.every((one) => is(one, "ready")()));
    first.add(await whoAnswers(proxy.port));
  }
  expect([...first].sort()).toEqual(["master-0", "master-1", "master-2"]);
});

test("what is larger than every buffer comes through whole, and nothing is kept of it", async () => {
  const proxy = await proxyOf();
  const body = "0123456789abcdef".repeat(2 ** 18);
  expect((await whoAnswers(proxy.port, body)) === body).toBe(true);
  await until("no connection left", () => proxy.connections() === 0);
});

describe("half a connection", () => {
  test("a side that has ended still hears the answer", async () => {
    const address = await plainServer((socket) => {
      let asked = "";
      socket.on("data", (part) => (asked += String(part)));
      socket.once("end", () => socket.end(`heard ${asked}`));
    });
    const proxy = await proxyOf([address]);
    const client = connect({ host: "127.0.0.1", port: proxy.port, allowHalfOpen: true });
    client.end("all of it");
    let answer = "";
    client.on("data", (part) => (answer += String(part)));
    await new Promise((resolve) => client.once("close", resolve));
    expect(answer).toBe("heard all of it");
  });

  test("a server that has ended still hears the rest", async () => {
    let heard = "";
    const address = await plainServer((socket) => {
      socket.on("data", (part) => (heard += String(part)));
      socket.end("begin");
    });
    const proxy = await proxyOf([address]);
    const client = connect({ host: "127.0.0.1", port: proxy.port, allowHalfOpen: true });
    clients.push(client.resume());
    await new Promise((resolve) => client.once("end", resolve));
    client.end("all of it");
    await until("closed", () => proxy.connections() === 0);
    expect(heard).toContain("all of it");
  });

  test("a side that never ends is closed", async () => {
    const address = await plainServer((socket) => socket.on("error", () => undefined).resume());
    const proxy = await proxyOf([address]);
    const client = connect({ host: "127.0.0.1", port: proxy.port, allowHalfOpen: true });
    clients.push(client);
    client.end("bye");
    await until("connected", () => proxy.connections() === 1);
    await until("closed", () => proxy.connections() === 0);
  });

  test("a client that vanishes takes its connection to the master along", async () => {
    const proxy = await proxyOf();
    await until("ready", is(master(0), "ready"));
    const before = master(0).sockets.size;
    const { socket } = await open(proxy);
    expect(master(0).sockets.size).toBe(before + 1);
    socket.destroy();
    await until("closed", () => master(0).sockets.size === before);
  });
});

test("words that are no address are refused", async () => {
  await expect(proxyOf(["10.0.1.6"])).rejects.toThrow('"10.0.1.6" is no address and port, such as 127.0.0.1:7445');
  await expect(proxyOf([])).rejects.toThrow("no masters were given");
});
