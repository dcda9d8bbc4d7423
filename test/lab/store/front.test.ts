import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { execFile } from "node:child_process";
import { globalAgent } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { S3Store } from "../../../agent/store/s3";
import { selfTest } from "../../../agent/store/self-test";
import { sha256, type AwsCredentials } from "../../../agent/store/sigv4";
import { CannotRun } from "../../../terraform/cannot-run";
import { makeAuthority, type Authority } from "../../../lab/authority";
import { bucketOf, type Bucket } from "../../../lab/store/bucket";
import { storeFront } from "../../../lab/store/front";
import { requireGateway, startGateway } from "../../../lab/store/gateway";
import type { StoreFront } from "../../../lab/store/moods";
import type { Caller } from "../../../lab/store/rights";
import { distrust, trust } from "../trust";

const program = found();
if (program === undefined) process.stderr.write("skipped, the lab's store: no versitygw on PATH or in the cache\n");
const run = program === undefined ? describe.skip : describe;

function found(): string | undefined {
  try {
    return requireGateway(process.env);
  } catch (reason) {
    if (reason instanceof CannotRun) return undefined;
    throw reason;
  }
}

const place = { region: "eu-central-1", bucket: "example-store" };
const credentials: AwsCredentials = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "example-secret", sessionToken: "example-token" };

run("the store of the lab", () => {
  let folder: string;
  let authority: Authority;
  let front: StoreFront;
  let bucket: Bucket;
  let endpoint: string;
  let caller: Caller | undefined;
  let aheadMs: number;
  let stop: () => void;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lab-store-"));
    authority = makeAuthority(folder);
    const gateway = await startGateway(program ?? "", { folder, ...place });
    ({ stop } = gateway);
    bucket = bucketOf(gateway);
    await bucket.make();
    front = storeFront(
      authority.issue(["localhost"]),
      gateway,
      () => caller && { caller, credentials },
      () => Date.now() + aheadMs,
    );
    await new Promise<void>((resolve) => front.server.listen(0, "127.0.0.1", resolve));
    endpoint = `https://localhost:${(front.server.address() as AddressInfo).port}`;
    trust(authority.certificate);
  });
  afterAll(async () => {
    distrust();
    await new Promise((resolve) => front.server.close(resolve));
    stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    caller = { role: "etcd", seat: "etcd-0" };
    aheadMs = 0;
  });

  const client = (with_: AwsCredentials = credentials): S3Store =>
    new S3Store(
      { ...place, endpoint, sealedBy: () => "alias/example" },
      { current: () => Promise.resolve(with_), drop: () => undefined },
      { answerMs: 5000, idleMs: 5000 },
    );

  test("passes what machines of a seat may do, with its conditions", async () => {
    const store = client();
    const first = await store.putIfAbsent("epoch", "1");
    expect(first).toMatchObject({ kind: "written" });
    expect(await store.putIfAbsent("epoch", "2")).toEqual({ kind: "conflict" });
    expect(await store.putIfMatch("epoch", "3", first.kind === "written" ? first.version : "")).toMatchObject({ kind: "written" });
    expect(await store.putIfMatch("epoch", "4", first.kind === "written" ? first.version : "")).toEqual({ kind: "conflict" });
    const read = await store.get("epoch");
    expect(read).toMatchObject({ kind: "found", body: "3" });
    expect(Math.abs((read.kind === "found" ? read.now : 0) - Date.now())).toBeLessThan(3000);
    expect(await store.get("permit")).toMatchObject({ kind: "absent" });
    expect(await store.list("ep")).toEqual({ kind: "listed", keys: ["epoch"] });
    expect(await selfTest(store, "self-test/etcd-0/1")).toEqual({ kind: "proven" });
  });

  test("refuses what the table of rights does not give", async () => {
    await bucket.put("pki/cluster/1", "key");
    expect(await client().get("pki/cluster/1")).toEqual({ kind: "forbidden", reason: "403 AccessDenied Access Denied" });
    expect(await client().putIfAbsent("seats/etcd-1", "{}")).toMatchObject({ kind: "forbidden" });
    caller = undefined;
    expect(await client().get("epoch")).toMatchObject({ kind: "forbidden" });
  });

  test("refuses who cannot sign, and who has another time", async () => {
    const wrong = client({ ...credentials, secretAccessKey: "other" });
    expect(await wrong.get("permit")).toMatchObject({
      kind: "forbidden",
      reason: expect.stringContaining("SignatureDoesNotMatch") as string,
    });
    expect(await client({ ...credentials, sessionToken: "old" }).get("permit")).toMatchObject({ kind: "unavailable" });
    aheadMs = 3_600_000;
    expect(await client().get("permit")).toMatchObject({ reason: expect.stringContaining("RequestTimeTooSkewed") as string });
  });

  test("knows the signature of curl, which the loader uses, and parts of an object", async () => {
    await bucket.put("desired/etcd", "0123456789");
    const config = join(folder, "curl");
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    writeFileSync(config, `user = "${accessKeyId}:${secretAccessKey}"\nheader = "x-amz-security-token: ${sessionToken}"\n`);
    const args = ["-K", config, "-sS", "--cacert", join(folder, "ca.crt"), "--aws-sigv4", `aws:amz:${place.region}:s3`, "-r", "2-4"];
    const url = `${endpoint}/${place.bucket}/desired/etcd`;
    const { stdout } = await promisify(execFile)("curl", [...args, "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD", url]);
    expect(stdout).toBe("234");
  });

  test("takes and gives files", async () => {
    const [from, into] = ["from", "into"].map((name) => join(folder, name)) as [string, string];
    writeFileSync(from, "x".repeat(5_000_000));
    const digest = sha256("x".repeat(5_000_000));
    expect(await client().putFileIfAbsent(`artifacts/${digest}`, from, digest)).toMatchObject({ kind: "written" });
    expect(await client().putFileIfAbsent(`artifacts/${digest}`, from, digest)).toEqual({ kind: "conflict" });
    expect(await client().getFile(`artifacts/${digest}`, into)).toEqual({ kind: "found", sha256: digest });
  });

  test("misbehaves when it is told to", async () => {
    const store = client();
    front.behave({ kind: "refuse" });
    expect(await store.get("epoch")).toMatchObject({ kind: "unavailable" });
    // Connections that were reset are no more to be used.
    globalAgent.destroy();
    expect(await store.get("epoch")).toMatchObject({ kind: "unavailable" });
    front.behave({ kind: "error503" });
    expect(await store.get("epoch")).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("503") as string });
    front.behave({ kind: "slow", ms: 300 });
    const before = performance.now();
    expect(await store.get("epoch")).toMatchObject({ kind: "found" });
    expect(performance.now() - before).toBeGreaterThan(290);
    front.behave({ kind: "ok" });
    expect(await store.get("epoch")).toMatchObject({ kind: "found" });
  });

  test("is emptied", async () => {
    expect(await bucket.get("epoch")).toBe("3");
    expect(await bucket.empty()).toContain("epoch");
    expect(await bucket.keys()).toEqual([]);
    expect(await client().get("epoch")).toMatchObject({ kind: "absent" });
  });
});
