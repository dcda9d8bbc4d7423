import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GcsStore } from "../../../agent/store/gcs";

/** A store that answers the right before the condition: who may only create is forbidden to overwrite. */
const there = new Set<string>();
let server: Server;
let store: GcsStore;
beforeAll(async () => {
  server = createServer(({ method, url = "" }, answer) => {
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const key = searchParams.get("name") ?? decodeURIComponent(pathname.split("/o/")[1] ?? "");
    const allowed = method === "GET" ? there.has(key) : !there.has(key) && key.startsWith("mine/");
    const status = allowed ? 200 : method === "GET" ? 404 : 403;
    answer.writeHead(status, { date: new Date().toUTCString() }).end(allowed ? '{"generation":"1"}' : '{"error":{"message":"no"}}');
    if (allowed && method === "POST") there.add(key);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  store = new GcsStore({ bucket: "b", endpoint }, { current: () => Promise.resolve("t"), drop: () => undefined });
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test("who loses the race for an object that nobody may overwrite sees a conflict, and no lack of rights", async () => {
  expect(await store.putIfAbsent("mine/1", "a")).toEqual({ kind: "written", version: "1" });
  expect(await store.putIfAbsent("mine/1", "b")).toEqual({ kind: "conflict" });
});

test("who may not create sees that", async () => {
  expect(await store.putIfAbsent("others/1", "a")).toMatchObject({ kind: "forbidden" });
});

test("who may not overwrite what they have read sees that too", async () => {
  expect(await store.putIfMatch("mine/1", "b", "1")).toMatchObject({ kind: "forbidden" });
});
