import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readUuid } from "../../../agent/cloud/guestinfo";
import { vcenterWith } from "../../../agent/cloud/vcenter";
import { Vsphere, type OwnWord } from "../../../agent/cloud/vsphere";
import { makeAuthority } from "../../../lab/authority";
import type { Remote } from "../../../lab/cloud/channel";
import type { InstanceRow, LabCalls } from "../../../lab/cloud/messages";
import { account } from "../../../lab/vsphere/account";
import { serialOf } from "../../../lab/vsphere/guestinfo";
import { valueOf } from "../../../lab/vsphere/variables";
import { vcenter } from "../../../lab/vsphere/vcenter";
import { distrust, trust } from "../trust";

const uuid = "4207b5e4-1122-3344-5566-778899aabbcc";
const name = "prod-workers-general-rack-a-0";
const row: InstanceRow = {
  id: `${name}.${uuid}`,
  state: "running",
  address: "10.40.2.10",
  hostname: name,
  zone: "rack-a",
  tags: { "coppice-cluster": "prod", "coppice-pool": "general" },
  launchedAt: "2026-11-21T22:00:00.000Z",
};

let folder: string;
let server: Server;
let rows: readonly InstanceRow[];
let password: string;
let vsphere: Vsphere;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lab-vsphere-"));
  const authority = makeAuthority(folder);
  trust(authority.certificate);
  server = vcenter(authority.issue(["localhost"]), (() => Promise.resolve(rows)) as unknown as Remote<LabCalls>);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  distrust();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  rows = [row];
  ({ password } = account);
  const known = () => Promise.resolve({ kind: "known", value: { ...account, password, server: "vcenter" } } as const);
  const { port } = server.address() as AddressInfo;
  vsphere = new Vsphere(
    "prod",
    vcenterWith(known, () => `https://localhost:${port}`),
    {} as OwnWord,
  );
});

test("a master finds a machine that runs, by its name and by its id, as one of its cluster", async () => {
  const found = { id: row.id, pool: "general", addresses: ["10.40.2.10"], names: [name], providerId: `vsphere://${uuid}` };
  expect(await vsphere.instance(name)).toEqual({ kind: "known", value: found });
  expect(await vsphere.instance(row.id)).toEqual({ kind: "known", value: found });
  expect(await vsphere.instance(`${name}.00000000-1122-3344-5566-778899aabbcc`)).toEqual({ kind: "known", value: undefined });
  rows = [{ ...row, state: "terminated" }];
  expect(await vsphere.instance(name)).toEqual({ kind: "known", value: undefined });
  rows = [{ ...row, tags: { "coppice-cluster": "other" } }];
  expect(await vsphere.instance(name)).toEqual({ kind: "known", value: undefined });
});

test("the vCenter lets nobody else in", async () => {
  password = "other";
  expect(await vsphere.instance(name)).toMatchObject({ kind: "unknown", reason: "the vCenter lets nobody in: 401" });
});

test("the serial number of a machine is its UUID", async () => {
  expect(serialOf(uuid)).toBe("VMware-42 07 b5 e4 11 22 33 44-55 66 77 88 99 aa bb cc");
  const file = join(folder, "product_serial");
  writeFileSync(file, `${serialOf(uuid)}\n`);
  expect(await readUuid(file)).toEqual({ kind: "known", value: uuid });
});

test("settings are as Terraform would write them, with one secret for all machines of a tier", () => {
  const setting = '${jsonencode({accessKeyId = "prod-etcd", secretAccessKey = var.store_secret_etcd})}';
  expect(JSON.parse(valueOf(setting))).toEqual({
    accessKeyId: "prod-etcd",
    secretAccessKey: expect.stringMatching(/^[\da-f]{40}$/) as string,
  });
  expect(valueOf(setting)).toBe(valueOf(setting));
  expect(valueOf(setting.replace("var.store_secret_etcd", "var.store_secret_masters"))).not.toBe(valueOf(setting));
  expect(valueOf("$${name}")).toBe("${name}");
});

test("VMware's tools say what is set, and that nothing else is", () => {
  const source = readFileSync(join(__dirname, "..", "..", "..", "lab", "vsphere", "vmtoolsd.sh"), "utf8");
  writeFileSync(join(folder, "guestinfo.coppice.machine"), '{"name":"prod-etcd-0"}');
  const script = source.replace("/usr/lib/coppice-lab/guestinfo", folder);
  const asked = (key: string) => spawnSync("sh", ["-c", script, "vmtoolsd", "--cmd", `info-get ${key}`], { encoding: "utf8" });
  expect(asked("guestinfo.coppice.machine").stdout).toBe('{"name":"prod-etcd-0"}\n');
  expect(asked("guestinfo.coppice.store").status).toBe(1);
});
