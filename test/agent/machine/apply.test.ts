import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bringing } from "../../../agent/machine/apply";
import { Place } from "../../../agent/pki/place";
import type { Component, RoleConfiguration } from "../../../constructs/spec/role-configuration";
import type { Run } from "../../../agent/machine/systemd";

let root: string;
let calls: string[];
const own = async () => ({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 });
const run: Run = async (program, args) => {
  // Who waits for it, hears of it late.
  if (args[0] === "restart" && !args.includes("--no-block")) await new Promise((resolve) => setTimeout(resolve, 30));
  calls.push([program, ...args].join(" "));
  return { ok: true, said: "" };
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "coppice-apply-"));
  calls = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const component = (name: string, text: string, more: Partial<Component> = {}): Component => ({
  name,
  downloads: [],
  files: [{ path: `/etc/${name}.conf`, mode: "0640", owner: "root:root", text }],
  units: [{ name: `${name}.service`, mode: "0600", text: `[Service]\nExecStart=/bin/${name}\n`, enable: true }],
  ...more,
});
const configuration = (...components: Component[]) => ({ components }) as unknown as RoleConfiguration;

const bringing = (wanted: RoleConfiguration, store: object = {}): Bringing => {
  const depot = { folder: join(root, "depot"), architecture: "amd64", root, store: store as never } as const;
  return new Bringing(new Place(root, own), depot, wanted, run);
};

/** As the agent does it. @returns units that were started */
async function bring(wanted: RoleConfiguration, store?: object): Promise<readonly string[]> {
  const one = bringing(wanted, store);
  expect([...(await one.settle()), ...(await one.start())]).toEqual([]);
  return calls.flatMap((call) => /^systemctl restart --no-block (.*)$/.exec(call)?.[1] ?? []).sort();
}

test("a fresh machine gets files, users, folders and units, and starts what it enables", async () => {
  expect(await bring(configuration(component("a", "1"), component("b", "1")))).toEqual(["a.service", "b.service"]);
  expect(readFileSync(join(root, "etc/a.conf"), "utf8")).toBe("1");
  expect(statSync(join(root, "etc/a.conf")).mode & 0o777).toBe(0o640);
  expect(calls).toEqual([
    "systemd-sysusers",
    "systemd-tmpfiles --create",
    "systemctl daemon-reload",
    "systemctl enable --no-reload --quiet a.service b.service",
    "systemctl restart --no-block a.service",
    "systemctl restart --no-block b.service",
  ]);
});

test("what is as it should be is left alone", async () => {
  await bring(configuration(component("a", "1"), component("b", "1")));
  calls = [];
  expect(await bring(configuration(component("a", "1"), component("b", "2")))).toEqual(["b.service"]);
  calls = [];
  expect(await bring(configuration(component("a", "1"), component("b", "2")))).toEqual([]);
  expect(calls).toEqual(["systemctl enable --no-reload --quiet a.service b.service"]);
});

test("a file that somebody changed is put back, and its component starts again", async () => {
  await bring(configuration(component("a", "1")));
  calls = [];
  writeFileSync(join(root, "etc/a.conf"), "by hand");
  expect(await bring(configuration(component("a", "1")))).toEqual(["a.service"]);
  expect(readFileSync(join(root, "etc/a.conf"), "utf8")).toBe("1");
});

test("what a configuration no longer has is stopped and removed", async () => {
  await bring(configuration(component("a", "1"), component("b", "1")));
  await bring(configuration(component("a", "1")));
  expect(calls).toContain("systemctl disable --now b.service");
  expect(existsSync(join(root, "etc/b.conf"))).toBe(false);
  expect(existsSync(join(root, "etc/systemd/system/b.service"))).toBe(false);
});

test("what changed before a crash starts after it", async () => {
  const wanted = configuration(component("a", "1"));
  await bringing(wanted).settle();
  // The agent died here: every file is as it should be, and nothing was started.
  expect(await bring(wanted)).toEqual(["a.service"]);
});

test("a component starts after the one before it, however long that one's programs take", async () => {
  const sha256 = createHash("sha256").update("a").digest("hex");
  const from = { amd64: { url: "", sha256 }, arm64: { url: "", sha256 } };
  const programs = { downloads: [{ name: "a", from, install: { "": "/opt/a" } }] } as unknown as Partial<Component>;
  const getFile = async (_key: string, path: string) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    writeFileSync(path, "a");
    return { kind: "found", sha256 };
  };
  await bring(configuration(component("a", "1", programs), component("b", "1")), { getFile });
  expect(calls.filter((call) => call.includes("restart"))).toEqual([
    "systemctl restart --no-block a.service",
    "systemctl restart --no-block b.service",
  ]);
});

test("what ends is waited for: a firewall stands before the next component's program comes", async () => {
  const sha256 = createHash("sha256").update("b").digest("hex");
  const from = { amd64: { url: "", sha256 }, arm64: { url: "", sha256 } };
  const programs = { downloads: [{ name: "b", from, install: { "": "/opt/b" } }] } as unknown as Partial<Component>;
  const units = [{ name: "a.service", mode: "0600" as const, text: "[Service]\nType=oneshot\nExecStart=/bin/a\n", enable: true }];
  const getFile = (_key: string, path: string) => {
    calls.push("download");
    writeFileSync(path, "b");
    return Promise.resolve({ kind: "found", sha256 });
  };
  await bring(
    configuration(
      component("system", "1", { units: [] }),
      component("a", "1", { units }),
      component("c", "1"),
      component("b", "1", programs),
    ),
    {
      getFile,
    },
  );
  expect(calls.filter((call) => /a\.service|download/.test(call)).slice(-2)).toEqual(["systemctl restart a.service", "download"]);
});

test("what a timer starts is left to it", async () => {
  const units = ["a.timer", "a.service", "other.service"].map((name) => ({
    name,
    mode: "0600" as const,
    text: name,
    enable: name === "a.timer",
  }));
  await bring(configuration(component("a", "1", { units })));
  expect(calls.filter((call) => call.includes("restart"))).toEqual([
    "systemctl restart --no-block a.timer",
    "systemctl try-restart --no-block other.service",
  ]);
});
