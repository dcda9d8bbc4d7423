import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileStore } from "../../../agent/store/files";
import type { Store, Writing } from "../../../agent/store/store";
import { proxyTo, type Proxy } from "./proxy";
import { gcs } from "./servers";
import type { Server } from "./started";

const versionOf = (writing: Writing): string => (writing.kind === "written" ? writing.version : JSON.stringify(writing));

(gcs.missing === undefined ? describe : describe.skip)("generations of Google Cloud Storage, on fake-gcs-server", () => {
  let server: Server;
  let proxy: Proxy;
  let store: Store & FileStore;
  beforeAll(async () => {
    server = await gcs.start();
    proxy = await proxyTo(server.endpoint);
    store = server.open({ endpoint: proxy.endpoint, sealedBy: (key) => (key.startsWith("pki/") ? "projects/p/key" : undefined) });
  });
  afterEach(() => void proxy.urls.splice(0));
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  test("none comes back, not with the same body and not after the object was deleted", async () => {
    const versions = [versionOf(await store.putIfAbsent("again", "a"))];
    versions.push(versionOf(await store.putIfMatch("again", "b", versions[0] ?? "")));
    versions.push(versionOf(await store.putIfMatch("again", "a", versions[1] ?? "")));
    await store.delete("again");
    versions.push(versionOf(await store.putIfAbsent("again", "a")));
    expect(new Set(versions).size).toBe(4);
    for (const past of versions.slice(0, 3)) expect(await store.putIfMatch("again", "c", past)).toEqual({ kind: "conflict" });
    expect(await store.get("again")).toMatchObject({ kind: "found", body: "a", version: versions[3] });
  });

  test("8 who count together lose no count", async () => {
    await store.putIfAbsent("count", "0");
    const clients = Array.from({ length: 8 }, () => server.open());
    const count = async (client: Store): Promise<void> => {
      const read = await client.get("count");
      if (read.kind !== "found") throw new Error(JSON.stringify(read));
      const put = await client.putIfMatch("count", String(Number(read.body) + 1), read.version);
      if (put.kind === "conflict") return count(client);
      if (put.kind !== "written") throw new Error(JSON.stringify(put));
    };
    for (let round = 0; round < 10; round++) await Promise.all(clients.map(count));
    expect(await store.get("count")).toMatchObject({ kind: "found", body: "80" });
  }, 30_000);

  test("of files that are put at once, one is kept", async () => {
    const folder = mkdtempSync(join(tmpdir(), "coppice-"));
    const files = Array.from({ length: 6 }, (_, index) => join(folder, String(index)));
    for (const [index, file] of files.entries()) writeFileSync(file, String(index).repeat(200_000));
    const puts = await Promise.all(files.map((file) => store.putFileIfAbsent("artifacts/raced", file, "")));
    const won = puts.flatMap(({ kind }, index) => (kind === "written" ? [index] : []));
    expect(won).toHaveLength(1);
    expect(puts.filter(({ kind }) => kind === "conflict")).toHaveLength(5);
    expect(await store.get("artifacts/raced")).toMatchObject({ body: String(won[0]).repeat(200_000) });
    rmSync(folder, { recursive: true });
  });

  test("every put says which generation it wants, and sealed ones their key", async () => {
    const first = versionOf(await store.putIfAbsent("pki/etcd-peer/1", "1"));
    await store.putIfMatch("epoch", "2", first);
    const queries = proxy.urls.map((url) => new URL(url, server.endpoint).searchParams);
    expect(queries.map((query) => [query.get("ifGenerationMatch"), query.get("kmsKeyName")])).toEqual([
      ["0", "projects/p/key"],
      [first, null],
    ]);
  });
});
