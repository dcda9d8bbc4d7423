import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Known } from "../../../agent/cloud/cloud";
import { readGuestMachine, readUuid, type GuestMachine } from "../../../agent/cloud/guestinfo";
import { vcenterWith, type Vcenter } from "../../../agent/cloud/vcenter";
import { Vsphere, type OwnWord } from "../../../agent/cloud/vsphere";
import type { VcenterAccount } from "../../../constructs/spec/store";

const uuid = "4207b5e4-1122-3344-5566-778899aabbcc";
const value = <T>(of: T): Promise<Known<T>> => Promise.resolve({ kind: "known", value: of });
const nobody: Vcenter = (path) => Promise.resolve({ kind: "unknown", reason: `${path}: nobody answers` });
const seat: GuestMachine = { name: "orchard-etcd-0", zone: "rack-a", address: "10.40.0.10" };

function own(more: Partial<OwnWord> = {}): OwnWord {
  return { machine: () => value(seat), uuid: () => value(uuid), addresses: () => ({}), disks: "/nowhere", ...more };
}

describe("a machine knows itself", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "coppice-vsphere-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test("by guestinfo and its serial number, without the vCenter", async () => {
    expect(await new Vsphere("orchard", nobody, own()).self()).toEqual({
      kind: "known",
      value: {
        instance: `orchard-etcd-0.${uuid}`,
        zone: "rack-a",
        address: "10.40.0.10",
        hostname: "orchard-etcd-0",
        providerId: `vsphere://${uuid}`,
      },
    });
  });

  test("a worker by the address that DHCP gave to its own interface, and not before", async () => {
    const machine = () => value({ name: "orchard-workers-general-rack-a-0", zone: "rack-a" });
    const one = (address: string, internal = false) => [{ address, family: "IPv4" as const, internal, mac: "", netmask: "", cidr: null }];
    const addresses = () => ({ lo: one("127.0.0.1", true), cilium_host: one("10.64.1.1"), ens192: one("10.40.2.7") });
    expect(await new Vsphere("orchard", nobody, own({ machine, addresses })).self()).toMatchObject({ value: { address: "10.40.2.7" } });
    expect(await new Vsphere("orchard", nobody, own({ machine })).self()).toMatchObject({ kind: "unknown" });
  });

  test.each([
    ["VMware-42 07 b5 e4 11 22 33 44-55 66 77 88 99 aa bb cc\n", { kind: "known", value: uuid }],
    ["VMware-42 07 B5 E4 11 22 33 44-55 66 77 88 99 AA BB CC", { kind: "known", value: uuid }],
    ["Not Specified", { kind: "unknown" }],
    ["VMware-42 07 b5", { kind: "unknown" }],
  ])("the serial number %j", async (text, wanted) => {
    writeFileSync(join(folder, "product_serial"), text);
    expect(await readUuid(join(folder, "product_serial"))).toMatchObject(wanted);
  });

  test("not without a serial number", async () => {
    expect(await readUuid(join(folder, "none"))).toMatchObject({ kind: "unknown" });
  });

  test.each([
    [0, JSON.stringify(seat), { kind: "known", value: seat }],
    [0, '{"name":"orchard-etcd-0"}', { kind: "unknown" }],
    [0, "", { kind: "unknown" }],
    [1, "", { kind: "unknown", reason: "vmtoolsd: No value found" }],
  ])("guestinfo that ends with %d and %s", async (code, out, wanted) => {
    const asked: (readonly string[])[] = [];
    const tools = (args: readonly string[]) => (asked.push(args), Promise.resolve({ code, out, said: "No value found" }));
    expect(await readGuestMachine(tools)).toMatchObject(wanted);
    expect(asked).toEqual([["--cmd", "info-get guestinfo.coppice.machine"]]);
  });

  test("and its volume by its place, behind the root disk", async () => {
    const cloud = new Vsphere("orchard", nobody, own({ disks: folder }));
    expect(await cloud.seatVolume("etcd-0")).toMatchObject({ kind: "waiting" });
    const link = (name: string, place: string) => {
      writeFileSync(join(folder, name), "");
      symlinkSync(join(folder, name), join(folder, `pci-0000:03:00.0-scsi-${place}`));
    };
    link("sda", "0:0:0:0");
    symlinkSync(join(folder, "sda"), join(folder, "pci-0000:03:00.0-scsi-0:0:0:0-part9"));
    expect(await cloud.seatVolume("etcd-0")).toEqual({ kind: "absent", reason: "the machine of etcd-0 has no second disk" });
    link("sdb", "0:0:1:0");
    expect(await cloud.seatVolume("etcd-0")).toEqual({ kind: "attached", device: join(folder, "sdb") });
  });
});

describe("a machine by the vCenter's word", () => {
  const name = "orchard-workers-general-rack-b-0";
  const whole: Readonly<Record<string, unknown>> = {
    [`vcenter/vm?names=${name}`]: [{ vm: "vm-7", name, power_state: "POWERED_ON" }],
    "cis/tagging/tag-association?action=list-attached-tags": ["t1", "t2"],
    "cis/tagging/tag/t1": { name: "coppice-cluster=orchard" },
    "cis/tagging/tag/t2": { name: "coppice-pool=general" },
    "vcenter/vm/vm-7": { identity: { bios_uuid: uuid.toUpperCase() } },
    "vcenter/vm/vm-7/guest/networking/interfaces": [{ ip: { ip_addresses: [{ ip_address: "10.40.2.7" }] } }, {}],
  };
  const cloud = (more: Readonly<Record<string, unknown>> = {}) => {
    const answers = { ...whole, ...more };
    const vcenter: Vcenter = (path) => (path in answers ? value(answers[path]) : nobody(path));
    return new Vsphere("orchard", vcenter, own());
  };
  const known = { id: `${name}.${uuid}`, pool: "general", addresses: ["10.40.2.7"], names: [name], providerId: `vsphere://${uuid}` };

  test("is known by its name, and by its id", async () => {
    expect(await cloud().instance(name)).toEqual({ kind: "known", value: known });
    expect(await cloud().instance(`${name}.${uuid}`)).toEqual({ kind: "known", value: known });
  });

  test.each([
    ["of another life", {}, `${name}.4207ffff-1122-3344-5566-778899aabbcc`],
    ["that is off", { [`vcenter/vm?names=${name}`]: [{ vm: "vm-7", name, power_state: "POWERED_OFF" }] }, name],
    ["that is not there", { [`vcenter/vm?names=${name}`]: [] }, name],
    ["of another cluster", { "cis/tagging/tag/t1": { name: "coppice-cluster=other" } }, name],
    ["without tags", { "cis/tagging/tag-association?action=list-attached-tags": [] }, name],
    ["that goes while it is looked at", { "vcenter/vm/vm-7": undefined }, name],
  ])("%s is none", async (_, more, named) => {
    expect(await cloud(more).instance(named)).toEqual({ kind: "known", value: undefined });
  });

  test.each([
    ["the vCenter does not answer", { [`vcenter/vm?names=${name}`]: "busy" }],
    ["its tags are not said", { "cis/tagging/tag/t2": 1 }],
    ["there are two", { [`vcenter/vm?names=${name}`]: [1, 2].map(() => ({ vm: "vm-7", name, power_state: "POWERED_ON" })) }],
  ])("nothing is known when %s", async (_, more) => {
    expect(await cloud(more).instance(name)).toMatchObject({ kind: "unknown" });
  });
});

describe("over HTTP", () => {
  let server: Server;
  let root = "";
  let answers: { status: number; text: string }[] = [];
  const asked: string[] = [];
  const account: VcenterAccount = { server: "vcenter.example.com", user: "reader", password: "pw" };
  beforeAll(async () => {
    server = createServer(({ method, url = "", headers }, response) => {
      const said = headers["vmware-api-session-id"] ?? headers.authorization;
      asked.push(`${method} ${url} ${String(said)}`);
      const { status, text } =
        url === "/api/session" && answers.length === 0 ? { status: 201, text: '"one"' } : (answers.shift() ?? { status: 500, text: "" });
      response.writeHead(status).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => void (asked.length = 0));
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const vcenter = () =>
    vcenterWith(
      () => value(account),
      () => root,
    );
  const basic = `Basic ${Buffer.from("reader:pw").toString("base64")}`;
  const session = { status: 201, text: '"one"' };

  test("a session is opened once, and again when it has ended", async () => {
    answers = [
      session,
      { status: 200, text: "[]" },
      { status: 401, text: "{}" },
      { status: 201, text: '"two"' },
      { status: 200, text: "[1]" },
    ];
    const ask = vcenter();
    expect(await ask("vcenter/vm?names=a")).toEqual({ kind: "known", value: [] });
    expect(await ask("cis/tagging/tag-association?action=list-attached-tags", {})).toEqual({ kind: "known", value: [1] });
    expect(asked).toEqual([
      `POST /api/session ${basic}`,
      "GET /api/vcenter/vm?names=a one",
      "POST /api/cis/tagging/tag-association?action=list-attached-tags one",
      `POST /api/session ${basic}`,
      "POST /api/cis/tagging/tag-association?action=list-attached-tags two",
    ]);
  });

  test.each([
    ["that there is no such thing", [session, { status: 404, text: '{"error_type":"NOT_FOUND"}' }], { kind: "known", value: undefined }],
    ["a stranger's 404", [session, { status: 404, text: "<html>" }], { kind: "unknown" }],
    ["half an answer", [session, { status: 200, text: "[" }], { kind: "unknown" }],
    ["that nobody may come in", [{ status: 401, text: "{}" }], { kind: "unknown", reason: "the vCenter lets nobody in: 401" }],
    ["no to every session", [session, { status: 401, text: "" }, session, { status: 401, text: "" }], { kind: "unknown" }],
  ])("a vCenter that says %s", async (_, said, wanted) => {
    answers = [...said];
    expect(await vcenter()("vcenter/vm/vm-1")).toMatchObject(wanted);
  });

  test("without an account nobody is asked", async () => {
    const ask = vcenterWith(
      () => Promise.resolve({ kind: "unknown", reason: "no account" }),
      () => root,
    );
    expect(await ask("vcenter/vm")).toEqual({ kind: "unknown", reason: "no account" });
    expect(asked).toEqual([]);
  });
});
