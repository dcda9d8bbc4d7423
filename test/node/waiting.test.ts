import { filesRead, pathsIn } from "../../constructs/node/waiting";
import { roles } from "../../constructs/spec/roles";
import { clusterSpec, companyNetwork } from "./cluster";
import { settingsOf, synthesized, type Synthesized } from "./synthesized";

/** What units read or write that neither a component nor the agent nor a download brings. */
const ofTheSystem: Readonly<Record<string, string>> = {
  "/bin/sh": "every system has one",
  "/usr/bin/mountpoint": "util-linux",
  "/usr/bin/systemctl": "systemd",
  "/usr/sbin/update-ca-certificates": "ca-certificates",
  "/etc/ssl/certs/ca-certificates.crt": "ca-certificates",
  "/run/systemd/resolve/resolv.conf": "systemd-resolved",
  "/usr/local/sbin": "a folder of PATH",
  "/usr/local/bin": "a folder of PATH",
  "/usr/sbin": "a folder of PATH",
  "/usr/bin": "a folder of PATH",
  "/sbin": "a folder of PATH",
  "/bin": "a folder of PATH",
  "/opt/coppice/bin": "a folder of PATH",
  "/opt/coppice": "the folder of the loader's file",
  "/usr/lib/os-release": "every system has one",
  "/dev/urandom": "the kernel",
  "/proc/uptime": "the kernel",
  "/etc/machine-id": "systemd",
  "/run/coppice": "the late deadline makes it",
  "/run/coppice/agent-seen": "the late deadline writes it",
  "/var/lib/coppice/configuration.json": "the agent writes it when it has applied one",
  "/etc/kubernetes/kubelet.conf": "the kubelet writes it when it has joined",
  "/var/lib/kubelet/pki/kubelet-client-current.pem": "the kubelet writes it when it has joined; kube-proxy waits for it",
  "/var/log/kubernetes/audit.log": "the API server writes it, into the unit's LogsDirectory",
  "/var/lib/etcd/data": "the unit's StateDirectory, on the seat's volume",
  "/livez": "a path of the API",
  "/readyz": "a path of the API",
  "/healthz": "a path of the API",
  "/version": "a path of the API",
  "/metrics": "a path of the API",
};

/** Paths that a unit reads, itself or through its configuration files, and that nobody writes. */
function unwritten(machine: Synthesized): string[] {
  const written = new Set([
    ...machine.files.map((file) => file.path),
    ...machine.configuration.agentFiles.map((file) => file.path),
    ...machine.programs,
    ...machine.folders.map((folder) => folder.path),
    ...Object.keys(ofTheSystem),
  ]);
  return machine.units.flatMap((unit) =>
    [...filesRead(unit, machine.files)].filter((path) => !written.has(path)).map((path) => `${unit.name}: ${path}`),
  );
}

const specs = {
  cilium: clusterSpec(),
  calico: clusterSpec({ addons: { cni: "calico" } }),
  "a company's network": clusterSpec({
    ...companyNetwork(),
    access: { oidc: { issuer: "https://login.example.com/a", clientId: "kubernetes" } },
  }),
};

describe.each(Object.entries(specs))("%s", (_, spec) => {
  test.each(roles)("every path that a unit of %s reads is written by somebody", (role) => {
    expect(unwritten(synthesized(spec, role))).toEqual([]);
  });

  test.each(roles)("units of %s wait for every file of the agent that they read, and for none other", (role) => {
    const machine = synthesized(spec, role);
    const agent = machine.configuration.agentFiles.map((file) => file.path);
    for (const unit of machine.units) {
      const settings = settingsOf(unit);
      const waits = (settings.get("ExecStartPre") ?? []).filter((value) => value.startsWith("+/opt/coppice/bin/wait-for-files"));
      const read = [...filesRead(unit, machine.files)].filter((path) => agent.includes(path));
      expect(waits.flatMap(pathsIn).slice(1).sort()).toEqual(read.sort());
      if (read.length > 0) expect(settings.get("TimeoutStartSec")).toEqual(["infinity"]);
    }
  });

  test.each(roles)("the agent of %s writes nothing that nothing names", (role) => {
    const machine = synthesized(spec, role);
    const named = new Set([...machine.files, ...machine.units].map((one) => one.text).flatMap(pathsIn));
    expect(machine.configuration.agentFiles.filter((file) => !named.has(file.path))).toEqual([]);
  });
});

test("a file that nobody writes is found", () => {
  const machine = synthesized(specs.cilium, "master");
  const without = (path: string) => unwritten({ ...machine, files: machine.files.filter((file) => file.path !== path) });
  expect(without("/etc/kubernetes/audit.yaml")).toEqual(["kube-apiserver.service: /etc/kubernetes/audit.yaml"]);
  const agentFiles = machine.configuration.agentFiles.filter((file) => file.path !== "/etc/kubernetes/pki/scheduler.key");
  expect(unwritten({ ...machine, configuration: { ...machine.configuration, agentFiles } })).toEqual([
    "kube-scheduler.service: /etc/kubernetes/pki/scheduler.key",
  ]);
});

test("an environment file that is not there yet does not fail the start that waits for it", () => {
  for (const role of roles) {
    const machine = synthesized(specs.cilium, role);
    const late = machine.configuration.agentFiles.map((file) => file.path);
    const values = machine.units.flatMap((unit) => settingsOf(unit).get("EnvironmentFile") ?? []);
    expect(values.filter((value) => late.includes(value))).toEqual([]);
  }
});

test.each([
  ["--config=/etc/a.yaml", ["/etc/a.yaml"]],
  ["-/run/coppice/etcd.env", ["/run/coppice/etcd.env"]],
  ["https://10.0.0.1:2379/x unix:///run/a.sock 10.0.0.0/16 a/b", []],
  ["reads /etc/a, and /etc/b.", ["/etc/a", "/etc/b"]],
])("paths in %s", (text, paths) => {
  expect(pathsIn(text)).toEqual(paths);
});
