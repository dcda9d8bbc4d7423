import { spawnSync } from "child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "fs";
import { tmpdir } from "os";
import { dirname, join } from "path";
import type { NodeUnit } from "../../constructs/spec/role-configuration";
import { roles } from "../../constructs/spec/roles";
import { clusterSpec, companyNetwork } from "./cluster";
import { synthesized } from "./synthesized";
import { pathsIn } from "../../constructs/node/waiting";

const present = spawnSync("systemd-analyze", ["--version"]).status === 0;
if (!present)
  process.stderr.write("skipped: systemd-analyze is not on this computer: units are not verified and their sandboxes not rated\n");
const whenPresent = present ? test : test.skip;

const spec = clusterSpec({ ...companyNetwork(), addons: { cni: "calico" } });

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "units-"))));
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text: string, mode = 0o644): string {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  chmodSync(join(root, path), mode);
  return join(root, path);
}

/** What systemd says about units of a machine that has all of their programs. */
function verified(units: readonly NodeUnit[]): string {
  const programs = units.flatMap((unit) => pathsIn(unit.text)).filter((path) => /bin\//.test(path));
  for (const program of programs) put(program, "#!/bin/sh\n", 0o755);
  const files = units.map((unit) => put(`units/${unit.name}`, unit.text.replaceAll(/(?<=[=\s+-])\/(?=opt|usr|bin)/g, `${root}/`)));
  const { stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", ...files], { encoding: "utf8" });
  return stderr;
}

whenPresent.each(roles)("systemd takes every unit of %s without a remark", (role) => {
  expect(verified(synthesized(spec, role).units)).toBe("");
});

whenPresent("systemd remarks on a setting that it does not know", () => {
  const [unit] = synthesized(spec, "worker").units;
  if (!unit) throw new Error("a worker without units");
  expect(verified([{ ...unit, text: unit.text.replace("[Service]\n", "[Service]\nRestarts=always\n") }])).toMatch(
    /Unknown key.*'Restarts'/,
  );
});

/** Exposure of a unit, from 0 to 10. Other versions of systemd weigh slightly differently. */
function exposure(unit: NodeUnit): number {
  const { stdout } = spawnSync("systemd-analyze", ["security", "--offline=true", "--no-pager", put(unit.name, unit.text)], {
    encoding: "utf8",
  });
  return Number(/Overall exposure level for .*: ([\d.]+)/.exec(stdout)?.[1]);
}

const sandboxed = [
  "etcd.service",
  "kube-apiserver.service",
  "kube-controller-manager.service",
  "kube-scheduler.service",
  "coppice-api-proxy.service",
];

whenPresent.each(sandboxed)("%s has an exposure of at most 4.0", (name) => {
  const unit = roles.flatMap((role) => synthesized(spec, role).units).find((one) => one.name === name);
  if (!unit) throw new Error(`no unit ${name}`);
  const found = exposure(unit);
  console.info(`${name}: ${found}`);
  expect(found).toBeLessThanOrEqual(4);
  expect(
    exposure({ ...unit, text: unit.text.replaceAll(/^(SystemCallFilter|CapabilityBoundingSet|Protect|Restrict|Private).*\n/gm, "") }),
  ).toBeGreaterThan(4);
});
