import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfTest } from "../../../agent/store/self-test";
import type { FileStore } from "../../../agent/store/files";
import type { Store } from "../../../agent/store/store";
import { proxyTo, type Faults, type Proxy } from "./proxy";
import { runnable } from "./servers";
import type { Server } from "./started";

const patienceMs = 300;
const xml = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>text</Message></Error>`;

describe.each(runnable)("a client of $name, between faults", ({ name, start }) => {
  let server: Server;
  let proxy: Proxy;
  let store: Store & FileStore;
  beforeAll(async () => {
    server = await start();
    proxy = await proxyTo(server.endpoint);
    store = server.open({ endpoint: proxy.endpoint, patienceMs });
    await server.open().putIfAbsent("there", "body");
  }, 120_000);
  afterEach(() => {
    proxy.faults = {};
    proxy.seen.length = 0;
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  const everyCall = () =>
    Promise.all([
      store.get("there"),
      store.get("absent"),
      store.putIfAbsent("new", "1"),
      store.putIfMatch("there", "1", '"1"'),
      store.list(""),
      store.delete("absent"),
    ]);

  test.each<[string, Faults, RegExp]>([
    ["503", { answer: { status: 503, text: xml("SlowDown") } }, /^503/],
    ["500 without a word", { answer: { status: 500, text: "" } }, /^500$/],
    ["429", { answer: { status: 429, text: "" } }, /^429$/],
    ["a reset", { reset: "before" }, /ECONNRESET/],
    ["silence", { delayMs: 10 * patienceMs }, /^no answer within 0.3 s$/],
    ["a stranger's 404", { answer: { status: 404, text: "<html>404 page</html>" } }, /^404/],
    [
      "a missing bucket",
      { answer: { status: 404, text: name.startsWith("S3") ? xml("NoSuchBucket") : "The specified bucket does not exist." } },
      /^404/,
    ],
    ["a redirect", { answer: { status: 307, text: "", headers: { location: "http://127.0.0.1:1/" } } }, /^307$/],
    ["a stranger's 200", { answer: { status: 200, text: "<html>sign in</html>", headers: { "content-type": "text/html" } } }, /^200/],
  ])("%s is no answer of the store", async (_name, faults, reason) => {
    proxy.faults = faults;
    for (const result of await everyCall()) {
      if (faults.answer?.status === 200 && result.kind === "deleted") continue;
      expect(result).toMatchObject({ kind: "unavailable", reason: expect.stringMatching(reason) as string });
    }
  });

  test("a torn answer is none", async () => {
    proxy.faults = { torn: true };
    expect(await store.get("there")).toMatchObject({ kind: "unavailable" });
    expect(await store.list("there")).toMatchObject({ kind: "unavailable" });
  });

  test("a store that nobody listens at is unavailable", async () => {
    const nowhere = server.open({ endpoint: "http://127.0.0.1:9", patienceMs });
    expect(await nowhere.get("there")).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("ECONNREFUSED") as string });
  });

  test("an emptied bucket is absent objects, a bucket that is gone is not", async () => {
    const elsewhere = server.open({ bucket: "no-such-bucket" });
    if (name.startsWith("S3"))
      expect(await elsewhere.get("epoch")).toMatchObject({
        kind: "unavailable",
        reason: expect.stringMatching(/^404 NoSuchBucket/) as string,
      });
    expect((await elsewhere.putIfAbsent("epoch", "1")).kind).toBe("unavailable");
  });

  test("403 is forbidden", async () => {
    proxy.faults = { answer: { status: 403, text: xml("AccessDenied") } };
    for (const result of await everyCall())
      expect(result).toMatchObject({ kind: "forbidden", reason: expect.stringMatching(/^403/) as string });
  });

  test("a put whose answer was lost was done", async () => {
    proxy.faults = { reset: "after" };
    expect(await store.putIfAbsent("lost-answer", "1")).toMatchObject({ kind: "unavailable" });
    proxy.faults = {};
    expect(await store.putIfAbsent("lost-answer", "1")).toEqual({ kind: "conflict" });
    expect(await store.get("lost-answer")).toMatchObject({ kind: "found", body: "1" });
  });

  test("half a file is not a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "coppice-"));
    writeFileSync(join(folder, "from"), "x".repeat(100_000));
    await store.putFileIfAbsent("artifacts/1", join(folder, "from"), "UNSIGNED-PAYLOAD");
    proxy.faults = { torn: true };
    expect(await store.getFile("artifacts/1", join(folder, "to"))).toMatchObject({ kind: "unavailable" });
    proxy.faults = { answer: { status: 503, text: "" } };
    expect(await store.getFile("artifacts/1", join(folder, "other"))).toMatchObject({ kind: "unavailable" });
    expect(existsSync(join(folder, "other"))).toBe(false);
    rmSync(folder, { recursive: true });
  });

  test("a store that ignores conditions is refused, with one line", async () => {
    proxy.faults = { unconditional: true };
    const proof = await selfTest(store, "self-test/etcd-0/2");
    // Where signatures are checked, conditions cannot be taken off on the way: they are signed.
    if (name === "S3 (versitygw)")
      return expect(proof).toMatchObject({ kind: "forbidden", reason: expect.stringMatching(/^403 SignatureDoesNotMatch/) as string });
    expect(proof).toEqual({
      kind: "refused",
      reason: "the store is of no use: it accepts put-if-absent (If-None-Match) of an object that is there (self-test/etcd-0/2)",
    });
    expect(await server.open().list("self-test/")).toEqual({ kind: "listed", keys: [] });
  });

  test("a store that is away during the proof is neither proven nor refused", async () => {
    proxy.faults = { answer: { status: 503, text: "" } };
    expect(await selfTest(store, "self-test/etcd-0/3")).toMatchObject({ kind: "unavailable" });
  });

  test("sealed objects name their key, and no others do", async () => {
    const sealing = server.open({
      endpoint: proxy.endpoint,
      sealedBy: (key) => (key.startsWith("pki/") ? "alias/coppice-orchard-secrets" : undefined),
    });
    await sealing.putIfAbsent("pki/etcd-peer/1", "1");
    await sealing.putIfAbsent("epoch-2", "1");
    const named = proxy.seen.map((headers) => headers["x-amz-server-side-encryption-aws-kms-key-id"]);
    if (name.startsWith("S3")) expect(named).toEqual(["alias/coppice-orchard-secrets", undefined]);
    expect(await sealing.get("pki/etcd-peer/1")).toMatchObject({ kind: "found", body: "1" });
  });
});
