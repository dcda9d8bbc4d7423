import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstMachines, planned, type Planned } from "../../../lab/synthesized";
import { vsphere } from "../../../lab/vsphere/cloud";
import { credentialsOf } from "../../../lab/vsphere/services";

let folder: string;
let plan: Planned;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-planned-"));
  const authority = "-----BEGIN CERTIFICATE-----\nTEFC\n-----END CERTIFICATE-----\n";
  plan = planned(vsphere.reader, folder, vsphere.environment({ authority, seats: 3, workers: 4, builds: {}, timerFactor: 0.1 }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const groupNamed = (name: string) => plan.groups.find((group) => group.name === name);

test("seats keep name and address, and workers their name", () => {
  const seat = { name: "etcd-1", hostname: "prod-etcd-1", role: "etcd", address: "10.40.0.11", subnet: "10.40.0.0/22", zone: "rack-b" };
  expect(groupNamed("etcd-1")?.machine(0)).toMatchObject(seat);
  expect(groupNamed("etcd-1")?.machine(7)).toEqual(groupNamed("etcd-1")?.machine(0));
  const [first, next] = [0, 1].map((n) => groupNamed("general-2")?.machine(n));
  expect([first?.hostname, next?.hostname]).toEqual(["prod-workers-general-rack-b-0", "prod-workers-general-rack-b-0"]);
  expect(first?.address).not.toBe(next?.address);
  const machines = plan.groups.flatMap(firstMachines);
  expect([machines.length, new Set(machines.map(({ address }) => address)).size]).toEqual([3 + 3 + 4, 3 + 3 + 4]);
});

test("machines carry their tags, and the credential of their tier", () => {
  expect(groupNamed("master-0")?.tags).toMatchObject({ "coppice-seat": "master-0", "coppice-cluster": "prod" });
  expect(groupNamed("general-0")?.tags).toMatchObject({ "coppice-pool": "general", owner: "platform" });
  const keyOf = (name: string) => credentialsOf(groupNamed(name)?.machine(0) ?? { values: {} }).accessKeyId;
  expect(["etcd-0", "master-1", "general-0"].map(keyOf)).toEqual(["coppice-prod-etcd", "coppice-prod-masters", "coppice-prod-workers"]);
});

test("etcd's seats have volumes, and masters an address together", () => {
  expect(plan.volumes.map(({ seat, zone, sizeGiB }) => [seat, zone, sizeGiB])).toEqual([
    ["etcd-0", "rack-a", 50],
    ["etcd-1", "rack-b", 50],
    ["etcd-2", "rack-c", 50],
  ]);
  expect([plan.api, plan.balancer, plan.nodes]).toEqual([{ address: "10.40.0.5", port: 6443 }, undefined, "10.40.0.0/22"]);
});
