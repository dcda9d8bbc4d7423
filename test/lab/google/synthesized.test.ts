import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { google } from "../../../lab/google/cloud";
import { firstMachines, planned, type Planned } from "../../../lab/synthesized";

let folder: string;
let plan: Planned;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-planned-"));
  const authority = "-----BEGIN CERTIFICATE-----\nTEFC\n-----END CERTIFICATE-----\n";
  plan = planned(google.reader, folder, google.environment({ authority, seats: 3, workers: 4, builds: {}, timerFactor: 0.1 }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const groupNamed = (name: string) => plan.groups.find((group) => group.name === name);

test("seats keep name and address, and workers their name", () => {
  const zone = "europe-west4-b";
  const seat = { name: "etcd-1", hostname: "prod-etcd-1", role: "etcd", address: "10.0.226.11", subnet: "10.0.226.0/23", zone };
  expect(groupNamed("etcd-1")?.machine(0)).toMatchObject(seat);
  expect(groupNamed("etcd-1")?.machine(7)).toEqual(groupNamed("etcd-1")?.machine(0));
  const [first, next] = [0, 1].map((n) => groupNamed("general-1")?.machine(n));
  expect([first?.hostname, next?.hostname]).toEqual(["prod-workers-general-a-0001", "prod-workers-general-a-0001"]);
  expect(first?.address).not.toBe(next?.address);
  const machines = plan.groups.flatMap(firstMachines);
  expect([machines.length, new Set(machines.map(({ address }) => address)).size]).toEqual([3 + 3 + 4, 3 + 3 + 4]);
});

test("machines carry their labels, and user-data without Terraform's escapes", () => {
  expect(groupNamed("master-0")?.tags).toMatchObject({ "coppice-seat": "master-0", "coppice-cluster": "prod" });
  expect(groupNamed("general-0")?.tags).toMatchObject({ "coppice-pool": "general", owner: "platform" });
  expect(groupNamed("general-0")?.machine(0).userData).toMatch(/^#cloud-config\n/);
  expect(groupNamed("general-0")?.machine(0).userData).not.toContain("$${");
});

test("etcd's seats have volumes, and masters a load balancer for all zones", () => {
  expect(plan.volumes.map(({ seat, zone, sizeGiB, tags }) => [seat, zone, sizeGiB, tags["coppice-cluster"]])).toEqual([
    ["etcd-0", "europe-west4-a", 50, "prod"],
    ["etcd-1", "europe-west4-b", 50, "prod"],
    ["etcd-2", "europe-west4-c", 50, "prod"],
  ]);
  expect(plan.balancer).toEqual({
    addresses: ["10.0.224.5"],
    port: 6443,
    targets: ["master-0", "master-1", "master-2"],
    health: { path: "/readyz", intervalSeconds: 10, timeoutSeconds: 6, good: 2, bad: 2 },
  });
});
