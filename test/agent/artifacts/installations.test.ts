import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { share } from "../../../agent/artifacts";
import { install } from "../../../agent/installations";
import type { Installation } from "../../../constructs/spec/role-configuration";
import { Site, sha256 } from "./depot";

let site: Site;
beforeEach(async () => {
  site = new Site();
  await site.begin();
});
afterEach(() => site.end());

const bin = "/opt/coppice/bin";

function archive(members: Record<string, string>): Buffer {
  const folder = join(site.root, "archive");
  rmSync(folder, { recursive: true, force: true });
  for (const [member, text] of Object.entries(members)) {
    mkdirSync(dirname(join(folder, member)), { recursive: true });
    writeFileSync(join(folder, member), text);
  }
  return execFileSync("tar", ["-czf", "-", "-C", folder, "."]);
}

function installation(version: string, bytes: Buffer, places: Record<string, string>): Installation {
  const amd64 = site.offer(`/release/etcd-${version}`, bytes);
  return {
    name: "etcd",
    version,
    from: { amd64, arm64: { url: `${site.endpoint}/none`, sha256: sha256(Buffer.from("")) } },
    install: places,
  };
}

const places = { "*/etcd": `${bin}/etcd`, "*/etcdctl": `${bin}/etcdctl` };
const release = (version: string) =>
  archive({
    [`etcd-v${version}-linux-amd64/etcd`]: `etcd ${version}`,
    [`etcd-v${version}-linux-amd64/etcdctl`]: `etcdctl ${version}`,
    [`etcd-v${version}-linux-amd64/docs/etcd`]: "text",
  });

test("puts members of an archive in their places, once, and a new version by rename", async () => {
  const depot = site.machine("one");
  const first = installation("3.6.13", release("3.6.13"), places);
  expect(await install(depot, first)).toEqual({ kind: "installed" });
  const placed = join(depot.root, bin, "etcd");
  expect(readFileSync(placed, "utf8")).toBe("etcd 3.6.13");
  expect(statSync(placed).mode & 0o777).toBe(0o755);
  const { ino } = statSync(placed);
  expect(await install(depot, first)).toEqual({ kind: "present" });
  expect(statSync(placed).ino).toBe(ino);
  expect(await install(depot, installation("3.6.14", release("3.6.14"), places))).toEqual({ kind: "installed" });
  expect(readFileSync(join(depot.root, bin, "etcdctl"), "utf8")).toBe("etcdctl 3.6.14");
  expect(statSync(placed).ino).not.toBe(ino);
  expect(readdirSync(join(depot.root, bin)).sort()).toEqual(["etcd", "etcdctl"]);
  expect(readdirSync(depot.folder).filter((name) => !name.endsWith(".to-share"))).toEqual(["etcd.installed"]);
});

test("puts a single file in its place", async () => {
  const depot = site.machine("one");
  expect(await install(depot, installation("1", Buffer.from("program"), { "": `${bin}/kubelet` }))).toEqual({ kind: "installed" });
  expect(readFileSync(join(depot.root, bin, "kubelet"), "utf8")).toBe("program");
});

test.each<[string, (path: string) => void]>([
  ["changed", (path) => writeFileSync(path, "something else")],
  ["deleted", (path) => rmSync(path)],
  ["made unusable", (path) => chmodSync(path, 0o644)],
])("a program that was %s is put back, from the store", async (_name, damage) => {
  const depot = site.machine("one");
  const wanted = installation("3.6.14", release("3.6.14"), places);
  await install(depot, wanted);
  await share(depot);
  const placed = join(depot.root, bin, "etcd");
  damage(placed);
  site.upstream.clear();
  expect(await install(depot, wanted)).toEqual({ kind: "installed" });
  expect(readFileSync(placed, "utf8")).toBe("etcd 3.6.14");
  expect(statSync(placed).mode & 0o777).toBe(0o755);
});

test.each<[string, () => Buffer, RegExp]>([
  ["without the member", () => archive({ "etcd-v3/etcd": "1" }), /^etcd: 0 members of the archive match \*\/etcdctl$/],
  [
    "with two such members",
    () => archive({ "a/etcd": "1", "b/etcd": "2", "a/etcdctl": "3" }),
    /^etcd: 2 members of the archive match \*\/etcd$/,
  ],
  ["that is none", () => Buffer.from("text"), /^etcd: Command failed: tar/],
])("an archive %s installs nothing, and what was there stays", async (_name, bytes, reason) => {
  const depot = site.machine("one");
  await install(depot, installation("3.6.13", release("3.6.13"), places));
  const result = await install(depot, installation("3.6.14", bytes(), places));
  expect(result).toMatchObject({ kind: "missing", reason: expect.stringMatching(reason) as string });
  expect(readFileSync(join(depot.root, bin, "etcd"), "utf8")).toBe("etcd 3.6.13");
});

test("a missing artifact is said with its installation's name, and touches nothing", async () => {
  const depot = site.machine("one");
  const wanted = installation("3.6.14", release("3.6.14"), places);
  site.upstream.clear();
  expect(await install(depot, wanted)).toMatchObject({
    kind: "missing",
    reason: expect.stringMatching(/^etcd: store: absent; http.*: 404$/) as string,
  });
  expect(existsSync(join(depot.root, bin))).toBe(false);
});

test("a machine takes the artifact of its own architecture", async () => {
  const wanted = installation("1", Buffer.from("amd64"), { "": `${bin}/kubelet` });
  const arm64 = site.offer("/release/arm64", Buffer.from("arm64"));
  const depot = { ...site.machine("one"), architecture: "arm64" as const };
  await install(depot, { ...wanted, from: { ...wanted.from, arm64 } });
  expect(readFileSync(join(depot.root, bin, "kubelet"), "utf8")).toBe("arm64");
});
