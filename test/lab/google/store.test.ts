import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { spawn, type ChildProcess } from "node:child_process";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GcsStore } from "../../../agent/store/gcs";
import { selfTest } from "../../../agent/store/self-test";
import { CannotRun } from "../../../terraform/cannot-run";
import { makeAuthority } from "../../../lab/authority";
import { bucketOf } from "../../../lab/google/bucket";
import { storeFront } from "../../../lab/google/front";
import { requireEmulator } from "../../../lab/google/store";
import type { StoreFront } from "../../../lab/store/moods";
import type { Bucket } from "../../../lab/store/bucket";
import { freePort } from "../../loopback";
import type { Caller } from "../../../lab/store/rights";
import { distrust, trust } from "../trust";

const program = found();
if (program === undefined) process.stderr.write("skipped, the lab's store of Google: no fake-gcs-server on PATH or in the cache\n");
// A program is bundled first, and then an emulator starts.
jest.setTimeout(60_000);
const suite = program === undefined ? describe.skip : describe;

function found(): string | undefined {
  try {
    return requireEmulator(process.env);
  } catch (reason) {
    if (reason instanceof CannotRun) return undefined;
    throw reason;
  }
}

const place = { bucket: "example-store", sealedBy: () => "projects/a/locations/b/keyRings/c/cryptoKeys/d" };

suite("the store of the lab on Google", () => {
  let folder: string;
  let relay: ChildProcess;
  let front: StoreFront;
  let bucket: Bucket;
  let endpoint: string;
  let caller: Caller | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lab-gcs-"));
    const socket = join(folder, "gcs.sock");
    const runner = join(__dirname, "..", "..", "..", "run.js");
    relay = spawn(process.execPath, [runner, "lab/google/relay.ts", socket, program ?? "", String(await freePort())], {
      detached: true,
      stdio: "ignore",
    });
    while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 50));
    bucket = bucketOf({ socket, bucket: place.bucket });
    await bucket.make();
    const authority = makeAuthority(folder);
    front = storeFront(authority.issue(["localhost"]), { socket, bucket: place.bucket }, (token) =>
      token === "Bearer example" ? caller : undefined,
    );
    await new Promise<void>((resolve) => front.server.listen(0, "127.0.0.1", resolve));
    endpoint = `https://localhost:${(front.server.address() as AddressInfo).port}`;
    trust(authority.certificate);
  });
  afterAll(async () => {
    distrust();
    await new Promise((resolve) => front.server.close(resolve));
    process.kill(-(relay.pid ?? 0), "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => (caller = { role: "etcd", seat: "etcd-0" }));

  const client = (token = "example"): GcsStore =>
    new GcsStore(
      { ...place, endpoint },
      { current: () => Promise.resolve(token), drop: () => undefined },
      { answerMs: 5000, idleMs: 5000 },
    );

  test("passes what machines of a seat may do, with its conditions", async () => {
    const store = client();
    const first = await store.putIfAbsent("epoch", "1");
    expect(first).toMatchObject({ kind: "written" });
    expect(await store.putIfAbsent("epoch", "2")).toEqual({ kind: "conflict" });
    expect(await store.putIfMatch("epoch", "3", first.kind === "written" ? first.version : "")).toMatchObject({ kind: "written" });
    expect(await store.putIfMatch("epoch", "4", first.kind === "written" ? first.version : "")).toEqual({ kind: "conflict" });
    expect(await store.get("epoch")).toMatchObject({ kind: "found", body: "3" });
    expect(await bucket.get("epoch")).toBe("3");
    expect(await store.list("ep")).toEqual({ kind: "listed", keys: ["epoch"] });
    expect(await store.get("permit")).toMatchObject({ kind: "absent" });
    expect(await selfTest(store, "self-test/etcd-0/1")).toEqual({ kind: "proven" });
  });

  test("refuses what the rights of roles do not give, and strangers", async () => {
    await bucket.put("pki/cluster/1", "key");
    expect(await client().get("pki/cluster/1")).toMatchObject({ kind: "forbidden" });
    expect(await client().putIfAbsent("seats/etcd-1", "{}")).toMatchObject({ kind: "forbidden" });
    expect(await client("other").get("epoch")).toMatchObject({ kind: "unavailable" });
  });

  test("of many who write at once, one wins, and who reads meanwhile sees whole objects", async () => {
    const [rounds, writers] = [40, 8];
    const wrong: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const before = await client().get("recovery");
      const version = before.kind === "found" ? before.version : undefined;
      const bodies = Array.from({ length: writers }, (_, writer) => `${round}-${writer} `.repeat(200));
      const [written, reads] = await Promise.all([
        Promise.all(
          bodies.map((body) =>
            version === undefined ? client().putIfAbsent("recovery", body) : client().putIfMatch("recovery", body, version),
          ),
        ),
        Promise.all(bodies.map(() => client().get("recovery"))),
      ]);
      const winner = written.findIndex(({ kind }) => kind === "written");
      if (written.filter(({ kind }) => kind === "written").length !== 1) wrong.push(`round ${round}: ${JSON.stringify(written)}`);
      const after = await client().get("recovery");
      const won = written[winner];
      const isWinners = after.kind === "found" && won?.kind === "written" && after.body === bodies[winner] && after.version === won.version;
      if (!isWinners) wrong.push(`round ${round}: not what the winner wrote`);
      const known = new Map([before, after].map((one) => (one.kind === "found" ? ([one.version, one.body] as const) : ["", ""])));
      for (const read of reads)
        if (read.kind === "found" && known.get(read.version) !== read.body) wrong.push(`round ${round}: a mixed read`);
    }
    expect(wrong).toEqual([]);
  });

  test("is emptied", async () => {
    expect(await bucket.empty()).toContain("epoch");
    expect(await client().get("epoch")).toMatchObject({ kind: "absent" });
  });
});
