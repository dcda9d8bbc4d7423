import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { signOperators } from "../../agent/kubernetes/operators";
import { bear, certificateOf, type Authority } from "../../agent/pki/certificates";
import type { Cluster } from "../../cli/cluster";
import { kubeconfig } from "../../cli/kubeconfig";
import { requestIdentity } from "../../cli/kubeconfig-request";
import { start, StoreWorld } from "./cluster";

const folder = mkdtempSync(join(tmpdir(), "coppice-kubeconfig-"));
afterAll(() => rmSync(folder, { recursive: true }));

let authority: Authority;
let world: StoreWorld;
let lines: string[];
const say = (line: string) => void lines.push(line);
beforeAll(async () => {
  authority = await bear("orchard", "cluster/kubernetes", 1, start);
});
beforeEach(() => {
  world = new StoreWorld();
  lines = [];
});

/** A master looks, once. */
const sign = () =>
  signOperators({
    objects: world.cluster.objects,
    clock: () => ({ now: start, fault: undefined }),
    authorities: () => Promise.resolve({ generations: [authority] }),
  });

/** A master that looks until it has signed; 5 seconds at most, for those of whom nobody asks anything. */
async function master(looks = 500): Promise<void> {
  const round = await sign();
  if (round.kind === "looked" && round.signings.length > 0) expect(round.signings[0]?.result).toBe("signed");
  else if (looks > 0) await new Promise((resolve) => setTimeout(resolve, 10)).then(() => master(looks - 1));
}

interface Written {
  readonly clusters: readonly [{ readonly cluster: Record<string, string> }];
  readonly users: readonly [{ readonly name: string; readonly user: Record<string, string> }];
  readonly contexts: readonly [{ readonly name: string; readonly context: Record<string, string> }];
  readonly "current-context": string;
}
const written = (file: string) => parse(readFileSync(file, "utf8")) as Written;
const decoded = (text = "") => Buffer.from(text, "base64").toString();

test("a person's key, signed by a master, becomes a kubeconfig that nobody else reads", async () => {
  const out = join(folder, "new", "config");
  const [path] = await Promise.all([
    kubeconfig(world.cluster, { principal: "anna", out, server: "https://api.example.com:6443", say }),
    master(),
  ]);
  expect(path).toBe(out);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  const { clusters, users, contexts, "current-context": current } = written(out);
  const { user } = users[0];
  const certificate = new X509Certificate(decoded(user["client-certificate-data"]));
  expect(certificate.subject).toBe("O=coppice:operators\nCN=anna");
  expect(certificate.checkPrivateKey(createPrivateKey(decoded(user["client-key-data"])))).toBe(true);
  expect(certificate.verify(new X509Certificate(decoded(clusters[0].cluster["certificate-authority-data"])).publicKey)).toBe(true);
  expect(clusters[0].cluster["server"]).toBe("https://api.example.com:6443");
  expect(contexts[0].context).toEqual({ cluster: "orchard", user: users[0].name });
  expect(contexts[0].name).toBe(current);
  expect(lines).toEqual(["asked as anna; a master signs within 5 minutes", `${out}: anna of orchard, until 2026-03-01T20:00:00.000Z`]);
});

test("neither the key nor anything of it reaches the store", async () => {
  const out = join(folder, "kept");
  await Promise.all([kubeconfig(world.cluster, { principal: "anna", out, tunnel: 6443, say }), master()]);
  const key = decoded(written(out).users[0].user["client-key-data"]);
  const secret = createPrivateKey(key).export({ format: "jwk" }).d ?? "";
  for (const { body } of world.contents.objects.values()) {
    expect(body).not.toContain("PRIVATE KEY");
    expect(body).not.toContain(secret);
  }
});

test("a second day: the request is replaced, and yesterday's certificate is no answer", async () => {
  const first = requestIdentity(world.cluster.objects, "anna", say, 0.01);
  await Promise.all([first, master()]);
  let settled = false;
  const second = requestIdentity(world.cluster.objects, "anna", say, 0.01).finally(() => (settled = true));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(settled).toBe(false);
  await Promise.all([second, master()]);
  expect((await second).key).not.toBe((await first).key);
  expect((await second).authority).toBe(certificateOf(authority));
});

describe("the API's address", () => {
  const serverOf = async (options: { tunnel?: number }, api: Cluster["platform"]["api"]) => {
    const out = join(folder, "server");
    const cluster = { ...world.cluster, platform: { ...world.cluster.platform, api } };
    await Promise.all([kubeconfig(cluster, { principal: "anna", out, say, ...options }), master()]);
    return written(out).clusters[0].cluster["server"];
  };

  test.each([
    ["that of a tunnel", { tunnel: 16443 }, { addresses: ["10.0.224.5"], names: [] }, "https://127.0.0.1:16443"],
    [
      "its own name",
      {},
      { addresses: ["10.0.224.5"], names: ["*.elb.example.com", "api.orchard.example.com"] },
      "https://api.orchard.example.com:6443",
    ],
    ["the first address", {}, { addresses: ["10.0.224.5", "10.0.226.5"], names: ["*.elb.example.com"] }, "https://10.0.224.5:6443"],
  ])("is %s", async (_, options, api, server) => {
    expect(await serverOf(options, api)).toBe(server);
  });

  test("that only the cloud knows is asked for, before anybody is", async () => {
    const api = { addresses: [], names: ["*.elb.example.com"] };
    const cluster = { ...world.cluster, platform: { ...world.cluster.platform, api } };
    await expect(kubeconfig(cluster, { principal: "anna", say })).rejects.toThrow(/give it with --server https:\/\/NAME:6443/);
    expect(world.contents.objects.size).toBe(0);
  });
});

describe("what goes wrong is said", () => {
  const out = join(folder, "never");
  afterEach(() => expect(existsSync(out)).toBe(false));
  const options = (principal: string) => ({ principal, out, tunnel: 6443, say });

  test.each(["kube-anna", "system:masters", "Anna", "../anna", "anna/x", "", "a".repeat(65)])("a name such as %j", async (principal) => {
    await expect(kubeconfig(world.cluster, options(principal))).rejects.toThrow(/is no name of lower-case letters/);
  });

  test("a prefix that is somebody else's", async () => {
    world.faults.failure = { kind: "forbidden", reason: "403 AccessDenied" };
    await expect(kubeconfig(world.cluster, options("anna"))).rejects.toThrow(
      "you may not read operators/anna/request (403 AccessDenied); give your own name with --principal, and see docs/access.md for the rights",
    );
  });

  test("a store that is away", async () => {
    world.faults.failure = { kind: "unavailable", reason: "503 SlowDown" };
    await expect(kubeconfig(world.cluster, options("anna"))).rejects.toThrow("the store does not answer: 503 SlowDown");
  });
});
