import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Known, Metadata } from "../../../agent/cloud/cloud";
import { computeAt, type Compute } from "../../../agent/cloud/compute";
import { Google } from "../../../agent/cloud/google";
import { googleMetadataService } from "../../../agent/cloud/metadata-google";

const known: Readonly<Record<string, string>> = {
  "project/project-id": "example-platform",
  "instance/id": "4520031799277581759",
  "instance/zone": "projects/123456789/zones/europe-west4-a",
  "instance/name": "orchard-etcd-0",
  "instance/network-interfaces/0/ip": "10.0.224.10",
};
const metadata =
  (more: Readonly<Record<string, string>> = {}): Metadata =>
  (path) =>
    Promise.resolve({ kind: "known", value: { ...known, ...more }[path] });

/** Compute Engine with answers by path; what has none is refused. */
function compute(answers: Readonly<Record<string, unknown>>, asked: string[] = []): Compute {
  return (path, query = {}) => {
    asked.push(`${path} ${new URLSearchParams(query)}`);
    const answer: Known<unknown> =
      path in answers ? { kind: "known", value: answers[path] } : { kind: "unknown", reason: `${path}: 403 refused` };
    return Promise.resolve(answer);
  };
}

test("a machine knows itself once its metadata are whole, and asks no more then", async () => {
  const cloud = new Google("orchard", metadata(), compute({}));
  expect(await cloud.self()).toMatchObject({
    kind: "known",
    value: {
      instance: "4520031799277581759",
      zone: "europe-west4-a",
      address: "10.0.224.10",
      hostname: "orchard-etcd-0",
      providerId: "gce://example-platform/europe-west4-a/orchard-etcd-0",
    },
  });
  expect(await new Google("orchard", metadata({ "instance/name": "" }), compute({})).self()).toMatchObject({ kind: "unknown" });
});

describe("the volume of a seat", () => {
  const disk = "example-platform/zones/europe-west4-a/disks/orchard-etcd-0";

  test("is where its group has attached it, and nobody is asked then", async () => {
    const folder = mkdtempSync(join(tmpdir(), "coppice-google-"));
    const asked: string[] = [];
    writeFileSync(join(folder, "nvme0n2"), "");
    symlinkSync(join(folder, "nvme0n2"), join(folder, "google-coppice-etcd"));
    const cloud = new Google("orchard", metadata(), compute({}, asked), join(folder, "google-coppice-etcd"));
    expect(await cloud.seatVolume("etcd-0")).toEqual({ kind: "attached", device: join(folder, "nvme0n2") });
    expect(asked).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  test.each([
    [
      "the project has no such disk",
      { [disk]: undefined },
      { kind: "absent", reason: "there is no disk orchard-etcd-0 in europe-west4-a" },
    ],
    ["its device is not there yet", { [disk]: { name: "orchard-etcd-0" } }, { kind: "waiting", reason: /its device is not/ }],
    ["the cloud does not answer", {}, { kind: "waiting", reason: /403 refused/ }],
  ] as const)("when %s", async (_, answers, { kind, reason }) => {
    const volume = await new Google("orchard", metadata(), compute(answers)).seatVolume("etcd-0");
    expect(volume).toMatchObject({ kind, reason: typeof reason === "string" ? reason : (expect.stringMatching(reason) as string) });
  });
});

describe("an instance", () => {
  const path = "example-platform/aggregated/instances";
  const worker = {
    id: "77",
    name: "orchard-workers-general-b-x1z9",
    zone: "https://www.googleapis.com/compute/v1/projects/example-platform/zones/europe-west4-b",
    labels: { "coppice-pool": "general" },
    networkInterfaces: [{ networkIP: "10.0.32.7" }],
  };
  const zones = (...instances: unknown[]) => ({
    items: { "zones/europe-west4-a": { warning: { code: "NO_RESULTS_ON_PAGE" } }, "zones/europe-west4-b": { instances } },
  });

  test("is known with its pool, and looked for among those of this cluster that run", async () => {
    const asked: string[] = [];
    const cloud = new Google("orchard", metadata(), compute({ [path]: zones(worker) }, asked));
    expect(await cloud.instance("orchard-workers-general-b-x1z9")).toEqual({
      kind: "known",
      value: {
        id: "77",
        pool: "general",
        addresses: ["10.0.32.7"],
        names: [worker.name, `${worker.name}.europe-west4-b.c.example-platform.internal`, `${worker.name}.c.example-platform.internal`],
        providerId: `gce://example-platform/europe-west4-b/${worker.name}`,
      },
    });
    await cloud.instance("77");
    expect(asked.map((one) => new URLSearchParams(one.split(" ")[1]).get("filter"))).toEqual([
      `(name = "${worker.name}") (labels.coppice-cluster = "orchard") (status = "RUNNING")`,
      '(id = 77) (labels.coppice-cluster = "orchard") (status = "RUNNING")',
    ]);
  });

  test("is read over all pages, and a name never leaves its place in the filter", async () => {
    const asked: string[] = [];
    const first: Compute = (_, query = {}) => {
      asked.push(query["filter"] ?? "");
      return Promise.resolve({ kind: "known", value: query["pageToken"] === "more" ? zones(worker) : { nextPageToken: "more" } });
    };
    expect(await new Google("orchard", metadata(), first).instance('x") OR (name = "y')).toMatchObject({ value: { id: "77" } });
    expect(asked[0]).toContain('(name = "xnamey")');
  });

  test("that the cloud does not list is gone, and one that it does not answer for is not", async () => {
    const ask = (answers: Readonly<Record<string, unknown>>) => new Google("orchard", metadata(), compute(answers)).instance("88");
    expect(await ask({ [path]: zones() })).toEqual({ kind: "known", value: undefined });
    expect(await ask({})).toMatchObject({ kind: "unknown" });
    expect(await ask({ [path]: { items: "none" } })).toMatchObject({ kind: "unknown" });
    expect(await ask({ [path]: zones(worker, { ...worker, id: "78" }) })).toMatchObject({ kind: "unknown" });
  });
});

test.each([
  [{ "instance/preempted": "TRUE" }, "spot: it is taken away"],
  [
    { "instance/preempted": "FALSE", "instance/maintenance-event": "TERMINATE_ON_HOST_MAINTENANCE" },
    "maintenance: TERMINATE_ON_HOST_MAINTENANCE",
  ],
  [{ "instance/preempted": "FALSE", "instance/maintenance-event": "MIGRATE_ON_HOST_MAINTENANCE" }, undefined],
  [{ "instance/preempted": "FALSE", "instance/maintenance-event": "NONE" }, undefined],
])("what is announced in %j is heard", async (more, value) => {
  const cloud = new Google("orchard", metadata(more as unknown as Record<string, string>), compute({}));
  expect(await cloud.interruption()).toEqual({ kind: "known", value });
});

describe("over HTTP", () => {
  let server: Server;
  let endpoint = "";
  let answer: { status: number; text: string };
  const asked: { url: string; flavor: unknown; authorization: unknown }[] = [];
  let dropped = 0;
  const credentials = { current: () => Promise.resolve("token"), drop: () => void (dropped += 1) };
  beforeAll(async () => {
    server = createServer(({ url = "", headers }, response) => {
      asked.push({ url, flavor: headers["metadata-flavor"], authorization: headers.authorization });
      response.writeHead(answer.status).end(answer.text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    asked.length = 0;
    dropped = 0;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const error = (reason: string) => JSON.stringify({ error: { code: 404, message: "The resource was not found", errors: [{ reason }] } });

  test.each([
    [200, "orchard-etcd-0\n", { kind: "known", value: "orchard-etcd-0" }],
    [404, "<html>", { kind: "known", value: undefined }],
    [503, "", { kind: "unknown", reason: "metadata instance/name: 503" }],
  ])("metadata that say %d", async (status, text, wanted) => {
    answer = { status, text };
    expect(await googleMetadataService(endpoint)("instance/name")).toEqual(wanted);
    expect(asked).toMatchObject([{ url: "/computeMetadata/v1/instance/name", flavor: "Google" }]);
  });

  test.each([
    ["what it has", 200, '{"name":"a"}', { kind: "known", value: { name: "a" } }, 0],
    ["that there is no such thing", 404, error("notFound"), { kind: "known", value: undefined }, 0],
    ["a stranger's 404", 404, "<html>", { kind: "unknown" }, 0],
    ["half an answer", 200, '{"name', { kind: "unknown" }, 0],
    ["that the token has ended", 401, error("authError"), { kind: "unknown" }, 1],
  ])("Compute Engine that says %s", async (_, status, text, wanted, drops) => {
    answer = { status, text };
    expect(await computeAt(credentials, endpoint)("p/zones/z/disks/a", { filter: "a b" })).toMatchObject(wanted);
    expect(asked).toMatchObject([{ url: "/compute/v1/projects/p/zones/z/disks/a?filter=a+b", authorization: "Bearer token" }]);
    expect(dropped).toBe(drops);
  });
});
