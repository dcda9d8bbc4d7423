import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { openGcs } from "../../cli/store-gcs";
import { googleNode } from "../node/cluster";

let server: Server;
const asked: string[] = [];
const before = { ...process.env };
beforeAll(async () => {
  server = createServer(({ method = "", url = "", headers }, answer) => {
    asked.push(`${method} ${url} ${headers.authorization ?? ""}`);
    answer
      .writeHead(200, { "x-goog-generation": "7", date: new Date().toUTCString() })
      .end(method === "POST" ? '{"generation":"8"}' : "{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.env["STORAGE_EMULATOR_HOST"] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  process.env = before;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test("a person's command reads and writes the store as agents do, with that person's own token, and seals what is sealed", async () => {
  const store = openGcs(googleNode.store, { current: () => Promise.resolve("own"), drop: () => undefined });
  expect(await store.get("desired/repair")).toMatchObject({ kind: "found", version: "7" });
  expect(await store.putIfAbsent("approve/3", "{}")).toEqual({ kind: "written", version: "8" });
  expect(await store.putIfAbsent("pki/cluster/ca/1", "{}")).toEqual({ kind: "written", version: "8" });
  const object = "/storage/v1/b/coppice-orchard-example-platform/o";
  expect(asked).toEqual([
    `GET ${object}/desired%2Frepair?alt=media Bearer own`,
    `POST /upload${object}?uploadType=media&name=approve%2F3&ifGenerationMatch=0 Bearer own`,
    expect.stringContaining("cryptoKeys%2Fsecrets Bearer own"),
  ]);
});
