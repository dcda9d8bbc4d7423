import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { computeAt } from "../../../agent/cloud/compute";
import { Google } from "../../../agent/cloud/google";
import { googleMetadataService } from "../../../agent/cloud/metadata-google";
import { machineToken } from "../../../agent/store/credentials-google";
import { makeAuthority } from "../../../lab/authority";
import type { Remote } from "../../../lab/cloud/channel";
import type { Instance, InstanceRow, LabCalls, VolumeRow } from "../../../lab/cloud/messages";
import { compute } from "../../../lab/google/compute";
import { metadataService } from "../../../lab/google/metadata";
import { distrust, trust } from "../trust";

const project = "example-platform";
const zone = "europe-west4-a";
const tags = (member: Record<string, string>) => ({ "coppice-cluster": "prod", ...member });
const instance = (role: Instance["caller"]["role"], seat: string): Instance => ({
  id: "4520031799277581759",
  address: "127.0.0.1",
  hostname: `prod-${seat}`,
  zone,
  caller: { role, seat },
  tags: tags({ "coppice-seat": seat }),
  userData: "#cloud-config",
  values: {},
  balanced: false,
});
const row = (id: string, hostname: string, state: InstanceRow["state"], pool: string): InstanceRow => ({
  ...{ id, hostname, state, zone, address: "10.0.0.4", tags: tags({ "coppice-pool": pool }), launchedAt: "2026-11-21T22:00:00.000Z" },
});
const rows = [
  row("71", "prod-workers-general-a-0000", "running", "general"),
  row("70", "prod-workers-general-a-0000", "terminated", "general"),
];

const instances = new Map<string, Instance>();
const notices = new Map<string, Map<string, string>>();
let volumes: readonly VolumeRow[];
let folder: string;
let servers: readonly Server[];
let google: Google;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lab-google-"));
  const authority = makeAuthority(folder);
  trust(authority.certificate);
  const lab = ((name: "instances" | "volumes") => Promise.resolve({ instances: rows, volumes }[name])) as unknown as Remote<LabCalls>;
  const machines = { instances, notices };
  const [metadata, api] = [metadataService(project, machines), compute(authority.issue(["localhost"]), project, machines, lab)];
  servers = [metadata, api as unknown as Server];
  for (const server of servers) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const [base, endpoint] = servers.map((server) => (server.address() as AddressInfo).port);
  const at = `http://127.0.0.1:${base}`;
  google = new Google(
    "prod",
    googleMetadataService(at),
    computeAt(machineToken(at), `https://localhost:${endpoint}`),
    join(folder, "none"),
  );
});
afterAll(async () => {
  distrust();
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  volumes = [];
  instances.set("127.0.0.1", instance("master", "master-0"));
});

test("a machine knows itself", async () => {
  expect(await google.self()).toEqual({
    kind: "known",
    value: {
      ...{ project, zone, instance: "4520031799277581759", address: "127.0.0.1", hostname: "prod-master-0" },
      providerId: `gce://${project}/${zone}/prod-master-0`,
    },
  });
});

test("a master finds machines that run, by name and by id", async () => {
  const found = { id: "71", pool: "general", addresses: ["10.0.0.4"] };
  expect(await google.instance("prod-workers-general-a-0000")).toMatchObject({ kind: "known", value: found });
  expect(await google.instance("71")).toMatchObject({ kind: "known", value: found });
  expect(await google.instance("70")).toEqual({ kind: "known", value: undefined });
});

test("nobody else may, and a seat sees its own disk alone", async () => {
  instances.set("127.0.0.1", instance("etcd", "etcd-0"));
  expect(await google.instance("71")).toMatchObject({ kind: "unknown", reason: expect.stringContaining("403") as string });
  expect(await google.seatVolume("etcd-0")).toEqual({ kind: "absent", reason: "there is no disk prod-etcd-0 in europe-west4-a" });
  const own = { id: "vol-0", zone, sizeGiB: 50, state: "in-use", tags: tags({ "coppice-seat": "etcd-0" }), createdAt: "" } as const;
  volumes = [own];
  expect(await google.seatVolume("etcd-0")).toMatchObject({
    kind: "waiting",
    reason: expect.stringContaining("its device is not") as string,
  });
  expect(await google.seatVolume("etcd-1")).toMatchObject({ kind: "waiting", reason: expect.stringContaining("403") as string });
});

test("an announcement is there as long as the lab says so, and nothing without the header", async () => {
  expect(await google.interruption()).toEqual({ kind: "known", value: undefined });
  notices.set("4520031799277581759", new Map([["instance/preempted", "TRUE"]]));
  expect(await google.interruption()).toMatchObject({ value: "spot: it is taken away" });
  const port = (servers[0]?.address() as AddressInfo).port;
  expect((await fetch(`http://127.0.0.1:${port}/computeMetadata/v1/instance/id`)).status).toBe(403);
});
