import { join } from "path";
import { parse } from "yaml";
import { firstBoot, type FirstBoot, type Machine } from "../../constructs/node/first-boot";
import { userData, userDataLimit } from "../../constructs/node/user-data";
import { machineIdentity } from "../../constructs/spec/store";
import { operatingSystems, type OperatingSystem } from "../../constructs/spec/versions";
import { expectGolden } from "../golden";
import { clusterSpec, companyNetwork, machines, nodePlatform } from "./cluster";

const company = clusterSpec(companyNetwork());

interface Written {
  readonly files: Readonly<Record<string, { readonly text: string; readonly mode: number }>>;
  readonly units: Readonly<Record<string, string>>;
  readonly enabled: readonly string[];
  readonly masked: readonly string[];
}

/** What Ignition would do. */
function ignited(text: string): Written {
  const config = JSON.parse(text) as {
    ignition: { version: string };
    storage: { files: { path: string; mode: number; contents: { source: string } }[] };
    systemd: { units: { name: string; contents?: string; enabled?: boolean; mask?: boolean }[] };
  };
  expect(config.ignition).toEqual({ version: "3.3.0" });
  const { units } = config.systemd;
  return {
    files: Object.fromEntries(config.storage.files.map(({ path, mode, contents }) => [path, { mode, text: fromDataUrl(contents.source) }])),
    units: Object.fromEntries(units.flatMap(({ name, contents }) => (contents === undefined ? [] : [[name, contents]]))),
    enabled: units.filter((unit) => unit.enabled).map((unit) => unit.name),
    masked: units.filter((unit) => unit.mask).map((unit) => unit.name),
  };
}

/** RFC 2397, as far as characters go that Ignition's reader takes (github.com/vincent-petithory/dataurl, isURLCharRune). */
function fromDataUrl(url: string): string {
  const [, base64, data = ""] = /^data:(;base64)?,([^\s<>#"{}|\\^[\]`]*)$/.exec(url) ?? [];
  expect(url.endsWith(`,${data}`)).toBe(true);
  return base64 ? Buffer.from(data, "base64").toString() : decodeURIComponent(data);
}

/** What cloud-init would do. */
function cloudInitialized(text: string): Written {
  expect(text.startsWith("#cloud-config\n")).toBe(true);
  const config = parse(text) as {
    write_files: { path: string; permissions: string; content: string }[];
    bootcmd: string[][];
    runcmd: string[][];
  };
  const isUnit = (path: string) => path.startsWith("/etc/systemd/system/") && !path.includes(".d/");
  const written = config.write_files;
  const command = (list: string[][], verb: string) => list.find((words) => words[1] === verb)?.filter((word) => word.includes(".")) ?? [];
  return {
    files: Object.fromEntries(
      written.filter((one) => !isUnit(one.path)).map((one) => [one.path, { mode: parseInt(one.permissions, 8), text: one.content }]),
    ),
    units: Object.fromEntries(written.filter((one) => isUnit(one.path)).map((one) => [one.path.replace(/.*\//, ""), one.content])),
    enabled: command(config.runcmd, "enable"),
    masked: command(config.bootcmd, "mask"),
  };
}

const readers: Readonly<Record<OperatingSystem, (text: string) => Written>> = {
  flatcar: ignited,
  debian: cloudInitialized,
  ubuntu: cloudInitialized,
};

function expectWritten(written: Written, boot: FirstBoot): void {
  for (const file of boot.files) expect(written.files[file.path]).toEqual({ text: file.text, mode: parseInt(file.mode, 8) });
  expect(written.units).toEqual(Object.fromEntries(boot.units.map((unit) => [unit.name, unit.text])));
  expect(written.enabled).toEqual(expect.arrayContaining(boot.units.filter((unit) => unit.enable).map((unit) => unit.name)));
  expect(written.enabled).not.toEqual(expect.arrayContaining(["coppice-deadline.timer"]));
}

describe.each(operatingSystems)("%s", (os) => {
  const platform = nodePlatform(os);

  test.each(machines)("$role: written and read back, it is what the machine should have", (machine) => {
    for (const spec of [clusterSpec(), company])
      expectWritten(readers[os](userData(spec, machine, platform)), firstBoot(spec, machine, platform));
  });

  test.each(machines)("$role: it fits with a proxy, three certificates, and names and time of its own", (machine) => {
    const [plain, full] = [clusterSpec(), company].map((spec) => Buffer.byteLength(userData(spec, machine, platform)));
    console.info(`${os} ${machine.role}: ${plain} bytes, in a company's network ${full}`);
    expect(full).toBeLessThanOrEqual(userDataLimit);
  });
});

test.each(machines)("golden user-data of $role", (machine) => {
  expectGolden(join(__dirname, "golden", `${machine.role}.ign`), userData(clusterSpec(), machine, nodePlatform()));
  expectGolden(join(__dirname, "golden", `${machine.role}.cloud-config`), userData(company, machine, nodePlatform("debian")));
});

test("more than fits is refused: validation has said so before", () => {
  expect(() => userData(clusterSpec(companyNetwork(5)), machines[0], nodePlatform())).toThrow(
    /^user-data of etcd-0 has \d+ bytes, and 12288 are allowed; readEnvironment\(\) would have said so$/,
  );
});

test("a machine knows who it is", () => {
  const read = (machine: Machine) =>
    machineIdentity.parse(JSON.parse(ignited(userData(company, machine, nodePlatform())).files["/etc/coppice/machine.json"]?.text ?? ""));
  expect(read(machines[0])).toMatchObject({ cluster: "orchard", role: "etcd", name: "etcd-0", store: nodePlatform().store });
  expect(read({ role: "worker", name: "general" }).runtime.url).toMatch(/^https:\/\/artifacts\.corp\.example\.com\/.*-linux-x64\.tar\.gz$/);
  expect(read({ role: "worker", name: "batch" }).runtime.url).toMatch(/-linux-arm64\.tar\.gz$/);
  expect(() => read({ role: "worker", name: "nobody" })).toThrow("no worker pool has the name nobody");
});

test("a host name is written only where the platform gives one", () => {
  const machine = { ...machines[0], hostname: "orchard-etcd-0" };
  expect(ignited(userData(clusterSpec(), machine, nodePlatform())).files["/etc/hostname"]?.text).toBe("orchard-etcd-0\n");
  expect(parse(userData(clusterSpec(), machine, nodePlatform("ubuntu")))).toMatchObject({ hostname: "orchard-etcd-0" });
  expect(userData(clusterSpec(), machines[0], nodePlatform())).not.toContain("hostname");
});

test("a proxy is bypassed for the cluster, the cloud and what the spec says", () => {
  expect(ignited(userData(company, machines[1], nodePlatform())).files["/etc/coppice/proxy.env"]?.text).toBe(
    'HTTP_PROXY="http://proxy.corp.example.com:3128"\nHTTPS_PROXY="http://proxy.corp.example.com:3128"\n' +
      'NO_PROXY="localhost,127.0.0.1,10.0.0.0/16,10.64.0.0/14,10.96.0.0/16,.svc,.cluster.local,169.254.169.254,169.254.169.123,' +
      '.eu-central-1.amazonaws.com,.corp.example.com,10.0.0.0/8,192.168.0.0/16"\n',
  );
});

test("what runs by itself on an operating system and would act for the agent is masked", () => {
  expect(ignited(userData(company, machines[1], nodePlatform())).masked).toEqual([
    "locksmithd.service",
    "containerd.service",
    "docker.socket",
    "ntpd.service",
  ]);
  expect(cloudInitialized(userData(company, machines[1], nodePlatform("ubuntu"))).masked).toContain("unattended-upgrades.service");
});

test("a machine that must start again does not power off", () => {
  const text = userData(clusterSpec(), machines[0], { ...nodePlatform(), giveUp: "reboot" });
  expect(ignited(text).units["coppice-deadline.service"]).toContain("ExecStart=/usr/bin/systemctl reboot\n");
});

test("no user-data holds a secret", () => {
  for (const os of operatingSystems) {
    for (const machine of machines) {
      const { files, units } = readers[os](userData(company, machine, nodePlatform(os)));
      const text = [...Object.values(files).map((file) => file.text), ...Object.values(units)].join("\n");
      expect(text).not.toMatch(/PRIVATE KEY|password|AKIA|ASIA|[a-z0-9]{6}\.[a-z0-9]{16}\b/);
    }
  }
});
