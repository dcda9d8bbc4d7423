import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clouds } from "../../../lab/clouds";
import { firstMachines, planned, type Planned } from "../../../lab/synthesized";

let folder: string;
let plan: Planned;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-planned-"));
  const authority = "-----BEGIN CERTIFICATE-----\nTEFC\n-----END CERTIFICATE-----\n";
  const { reader, environment } = clouds.aws;
  plan = planned(reader, folder, environment({ authority, seats: 3, workers: 4, builds: {}, timerFactor: 0.1 }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const groupNamed = (name: string) => plan.groups.find((group) => group.name === name);

test("seats keep their place, and pools give every machine a new one", () => {
  expect(groupNamed("etcd-1")?.machine(0)).toMatchObject({ name: "etcd-1", role: "etcd", address: "10.0.226.11", zone: "eu-central-1b" });
  expect(groupNamed("etcd-1")?.machine(7)).toEqual(groupNamed("etcd-1")?.machine(0));
  const workers = Array.from({ length: 9 }, (_, n) => groupNamed("general")?.machine(n));
  expect(new Set(workers.map((worker) => worker?.address)).size).toBe(9);
  expect(workers.slice(0, 4).map((worker) => `${worker?.name} ${worker?.zone}`)).toEqual([
    "general-0 eu-central-1a",
    "general-1 eu-central-1b",
    "general-2 eu-central-1c",
    "general-3 eu-central-1a",
  ]);
  expect(plan.groups.flatMap(firstMachines)).toHaveLength(3 + 3 + 4);
});

test("machines carry the tags by which agents find them", () => {
  expect(groupNamed("master-0")?.tags).toMatchObject({ "coppice-seat": "master-0", "aws:autoscaling:groupName": "prod-master-0" });
  expect(groupNamed("general")?.tags).toMatchObject({ "coppice-pool": "general", "coppice-cluster": "prod" });
});

test("etcd's seats have volumes, and masters a load balancer", () => {
  expect(plan.volumes.map(({ seat, zone, sizeGiB, tags }) => [seat, zone, sizeGiB, tags["coppice-cluster"]])).toEqual([
    ["etcd-0", "eu-central-1a", 50, "prod"],
    ["etcd-1", "eu-central-1b", 50, "prod"],
    ["etcd-2", "eu-central-1c", 50, "prod"],
  ]);
  expect(plan.balancer).toEqual({
    addresses: ["10.0.224.5", "10.0.226.5", "10.0.228.5"],
    port: 6443,
    targets: ["master-0", "master-1", "master-2"],
    health: { path: "/readyz", intervalSeconds: 10, timeoutSeconds: 6, good: 2, bad: 2 },
  });
});

test("what Terraform uploads is in the store, whether it stands in the stack or beside it", () => {
  expect(Object.keys(plan.objects).sort()).toEqual([
    "desired/addons",
    "desired/agent",
    "desired/etcd",
    "desired/master",
    "desired/repair",
    "desired/worker",
  ]);
  const { sha256 } = JSON.parse(plan.objects["desired/agent"] ?? "null") as { sha256: string };
  expect(JSON.parse(plan.objects["desired/worker"] ?? "null")).toMatchObject({ agent: sha256, timerFactor: 0.1 });
});
