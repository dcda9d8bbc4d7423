import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bear, certificateOf, issue } from "../../../agent/pki/certificates";
import { Objects } from "../../../agent/store/objects";
import { publishSnapshot, saveSnapshot, verifySnapshot, type TlsPaths } from "../../../agent/upkeep/snapshot-files";
import type { SnapshotRecord } from "../../../constructs/spec/store";
import { FolderStore } from "./folder-store";
import { fill, put, startMembers, tools, withEtcd, type TestCluster } from "./members";

const digest = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
const instant = "2030-01-01T00:00:00.000Z";

withEtcd("a snapshot of a real member", () => {
  const folder = mkdtempSync(join(tmpdir(), "coppice-"));
  const [file, changed, scratch] = ["etcd.db", "changed.db", "scratch"].map((name) => join(folder, name)) as [string, string, string];
  let cluster: TestCluster;
  let endpoint: string;
  beforeAll(async () => {
    cluster = await startMembers(1);
    endpoint = cluster.members[0]?.endpoint ?? "";
    await fill(endpoint, 400, 4000, (index) => `/registry/${index % 100}`);
  }, 60_000);
  afterAll(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is saved with its revision, size and digest, and verified; nothing stays in the scratch folder", async () => {
    const saved = await saveSnapshot(tools, endpoint, undefined, file, 0);
    expect(saved).toEqual({ kind: "saved", revision: 401, bytes: readFileSync(file).length, sha256: digest(file) });
    expect(await verifySnapshot(tools.etcdutl, file, scratch)).toEqual({ kind: "verified", revision: 401 });
    expect(digest(file)).toBe(saved.kind === "saved" ? saved.sha256 : "");
    expect(existsSync(scratch)).toBe(false);
  }, 30_000);

  // The first page, a page of keys, free space at the end of a page, the last byte of the data, and etcd's own sum.
  test.each([0.0001, 0.3, 0.61, 0.999])(
    "is refused when one bit is another, at %d of the file",
    async (place) => {
      await flipped((bytes) => Math.floor((bytes - 33) * place));
      expect(await verifySnapshot(tools.etcdutl, changed, scratch)).toMatchObject({ kind: "failed" });
    },
    30_000,
  );

  test("is refused when the sum itself is another, when it is short, and when it is none", async () => {
    await flipped((bytes) => bytes - 1);
    expect(await verifySnapshot(tools.etcdutl, changed, scratch)).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("sha256") as string,
    });
    copyFileSync(file, changed);
    truncateSync(changed, readFileSync(file).length - 4096);
    expect(await verifySnapshot(tools.etcdutl, changed, scratch)).toMatchObject({ kind: "failed" });
    writeFileSync(changed, "no database");
    expect(await verifySnapshot(tools.etcdutl, changed, scratch)).toMatchObject({ kind: "failed" });
    expect(await verifySnapshot(tools.etcdutl, join(folder, "absent.db"), scratch)).toMatchObject({ kind: "failed" });
    expect(existsSync(scratch)).toBe(false);
  }, 30_000);

  test("with a sum that fits, broken pages are found all the same", async () => {
    const bytes = Buffer.from(readFileSync(file).subarray(0, -32));
    // Page 5 of 4 KiB and all beyond: nothing of the tree holds together.
    bytes.fill(0xff, 5 * 4096, 40 * 4096);
    writeFileSync(changed, Buffer.concat([bytes, createHash("sha256").update(bytes).digest()]));
    expect(await verifySnapshot(tools.etcdutl, changed, scratch)).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("etcdutl") as string,
    });
  }, 30_000);

  test("of keys with leases, deleted keys and a compaction is verified as well", async () => {
    const cluster = await startMembers(1);
    try {
      const [member] = cluster.members;
      const call = async (path: string, body: unknown): Promise<string> => {
        const answer = await fetch(`${member?.endpoint}/v3/${path}`, { method: "POST", body: JSON.stringify(body) });
        expect(answer.ok).toBe(true);
        return answer.text();
      };
      const key = (index: number) => Buffer.from(`/registry/leases/${index}`).toString("base64");
      const { ID } = JSON.parse(await call("lease/grant", { TTL: 600 })) as { ID: string };
      for (let index = 0; index < 50; index += 1) await call("kv/put", { key: key(index % 20), value: key(index), lease: ID });
      for (let index = 0; index < 5; index += 1) await call("kv/deleterange", { key: key(index) });
      await call("kv/compaction", { revision: "40", physical: true });
      expect(await saveSnapshot(tools, member?.endpoint ?? "", undefined, changed, 0)).toMatchObject({ kind: "saved", revision: 56 });
      expect(await verifySnapshot(tools.etcdutl, changed, scratch)).toEqual({ kind: "verified", revision: 56 });
    } finally {
      await cluster.stop();
    }
  }, 60_000);

  test("is refused when its restore brings forth other keys", async () => {
    const other = join(folder, "other.db");
    await put(endpoint, "/registry/1", "something else");
    await saveSnapshot(tools, endpoint, undefined, other, 0);
    const fake = instead("restore", `exec ${tools.etcdutl} snapshot restore ${other} "$4"`);
    expect(await verifySnapshot(fake, file, scratch)).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("the restored keys are others") as string,
    });
  }, 30_000);

  test("is refused when its restore lacks keys", async () => {
    const fake = instead("status", `case "$3" in ${scratch}/*) echo '{"revision":401,"totalKey":99}'; exit 0;; esac`);
    expect(await verifySnapshot(fake, file, scratch)).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining('"totalKey":99} instead of') as string,
    });
  }, 30_000);

  test("is refused when a page is not sound, though it could be restored", async () => {
    const fake = instead("status", `case "$3" in ${file}) echo 'Error: page 7: unreachable unfreed' >&2; exit 1;; esac`);
    expect(await verifySnapshot(fake, file, scratch)).toEqual({
      kind: "failed",
      reason: "etcdutl snapshot status: Error: page 7: unreachable unfreed",
    });
  }, 30_000);

  test("is saved over TLS, with the member's own certificate, and from nobody who is not trusted", async () => {
    const now = Date.now();
    const authority = await bear("example", "etcd-client", 1, now);
    const profile = { commonName: "etcd-0", usages: ["server", "client"] as const, addresses: ["127.0.0.1"], hours: 1 };
    const { certificate, key } = await issue(authority, profile, now);
    const paths = { authorities: join(folder, "ca.crt"), certificate: join(folder, "server.crt"), key: join(folder, "server.key") };
    writeFileSync(paths.authorities, certificateOf(authority));
    writeFileSync(paths.certificate, certificate);
    writeFileSync(paths.key, key);
    const files = [`--cert-file=${paths.certificate}`, `--key-file=${paths.key}`, `--trusted-ca-file=${paths.authorities}`];
    const secret = join(folder, "secured.db");
    const secured = await startMembers(1, [...files, "--client-cert-auth"], { ca: certificateOf(authority), cert: certificate, key });
    try {
      const [member] = secured.members;
      const save = (tls: TlsPaths | undefined) => saveSnapshot(tools, member?.endpoint ?? "", tls, secret, 0);
      expect(await member?.client.replace("/key", "value", 0)).toEqual({ kind: "answered", value: true });
      expect(await save(paths)).toMatchObject({ kind: "saved", revision: 2 });
      rmSync(secret);
      expect(await save(undefined)).toMatchObject({ kind: "failed", reason: expect.stringContaining("etcdctl snapshot save") as string });
      expect(readdirSync(folder).filter((name) => name.startsWith("secured"))).toEqual([]);
    } finally {
      await secured.stop();
    }
  }, 60_000);

  describe("published", () => {
    let store: FolderStore;
    let record: SnapshotRecord;
    const verify = (path: string) => verifySnapshot(tools.etcdutl, path, scratch);
    const publish = async () => publishSnapshot(store, new Objects(store, () => 0), await own(), record, verify);
    const own = async () => {
      copyFileSync(file, changed);
      await Promise.resolve();
      return changed;
    };
    beforeEach(() => {
      store = new FolderStore(Date.now);
      const facts = { revision: 401, bytes: readFileSync(file).length, sha256: digest(file) };
      record = { epoch: 1, ...facts, term: 2, index: 400, takenAt: instant, verifiedAt: instant };
    });
    afterEach(() => store.remove());
    const objects = () => [...store.contents.objects.keys()].sort();

    test("has its data and its record", async () => {
      expect(await publish()).toEqual({ kind: "published", record });
      expect(objects()).toEqual(["snapshots/1/401.db", "snapshots/1/401.json"]);
    });

    test("a second leader with the same revision finds it done", async () => {
      await publish();
      record = { ...record, sha256: digest(file), takenAt: "2030-01-01T00:00:09.000Z" };
      expect(await publish()).toMatchObject({ kind: "published", record: { takenAt: instant } });
    });

    test("data that somebody left without a record get the record of what they are", async () => {
      await put(endpoint, "/registry/0", "the same revision on no other member has these bytes");
      const theirs = join(folder, "theirs.db");
      const saved = await saveSnapshot(tools, endpoint, undefined, theirs, 0);
      if (saved.kind === "failed") throw new Error(saved.reason);
      await store.putFileIfAbsent(`snapshots/1/${saved.revision}.db`, theirs, saved.sha256);
      record = { ...record, revision: saved.revision };
      const { takenAt, verifiedAt } = record;
      const { revision, bytes, sha256 } = saved;
      expect(await publish()).toEqual({ kind: "published", record: { epoch: 1, revision, bytes, sha256, takenAt, verifiedAt } });
    }, 30_000);

    test("data without a record that are no snapshot, or another one, get none", async () => {
      writeFileSync(changed, "something else");
      await store.putFileIfAbsent("snapshots/1/401.db", changed, digest(changed));
      expect(await publish()).toMatchObject({ kind: "failed", reason: expect.stringContaining("without a record") as string });
      await store.putFileIfAbsent("snapshots/1/7.db", file, digest(file));
      record = { ...record, revision: 7 };
      expect(await publish()).toMatchObject({ kind: "failed", reason: expect.stringContaining("revision 401") as string });
      expect(objects().filter((key) => key.endsWith(".json"))).toEqual([]);
    }, 30_000);

    test("without the store there is no record, whatever was uploaded", async () => {
      store.faults.failure = { kind: "unavailable", reason: "503" };
      expect(await publish()).toEqual({ kind: "failed", reason: "upload: unavailable, 503" });
      delete store.faults.failure;
      store.faults.pause = (moment, key) => {
        if (moment === "before" && key.endsWith(".json")) store.faults.failure = { kind: "unavailable", reason: "503" };
        return undefined;
      };
      expect(await publish()).toEqual({ kind: "failed", reason: "record: unavailable, 503" });
      expect(objects()).toEqual(["snapshots/1/401.db"]);
    });
  });

  /** etcdutl, but for one command of `snapshot`. */
  function instead(command: string, shell: string): string {
    const path = join(folder, `etcdutl-${command}`);
    writeFileSync(path, `#!/bin/sh\ncase "$2" in ${command}) ${shell};; esac\nexec ${tools.etcdutl} "$@"\n`, { mode: 0o755 });
    return path;
  }

  async function flipped(place: (bytes: number) => number): Promise<void> {
    const bytes = readFileSync(file);
    const at = place(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(changed, bytes);
    await Promise.resolve();
  }
});
