import { join } from "path";
import { parse } from "yaml";
import { roleConfigurationOf, roleConfigurationText } from "../../constructs/node/role-configuration";
import { roleConfiguration } from "../../constructs/spec/role-configuration";
import { roles, type Role } from "../../constructs/spec/roles";
import { kubernetesVersions } from "../../constructs/spec/versions";
import { expectGolden } from "../golden";
import { agentDigest, clusterSpec, companyNetwork, nodePlatform } from "./cluster";
import { flagsOf, synthesized } from "./synthesized";

const calico = clusterSpec({ addons: { cni: "calico" } });
const text = (role: Role, spec = clusterSpec()) => roleConfigurationText(roleConfigurationOf(spec, role, nodePlatform(), agentDigest));

const unitOf = (role: Role, name: string, spec = clusterSpec()) => {
  const unit = synthesized(spec, role).units.find((one) => one.name === name);
  if (!unit) throw new Error(`${role} has no ${name}`);
  return unit;
};
const configOf = (role: Role, path: string, spec = clusterSpec()): unknown =>
  parse(synthesized(spec, role).files.find((file) => file.path === path)?.text ?? "");

test.each(roles)("golden configuration of %s", (role) => {
  expectGolden(join(__dirname, "golden", `${role}.json`), text(role));
});

test("golden configuration of a worker with kube-proxy", () => {
  expectGolden(join(__dirname, "golden", "worker-calico.json"), text("worker", calico));
});

test.each(kubernetesVersions)("Kubernetes %s: every download has a digest for every architecture", (kubernetes) => {
  for (const role of roles) {
    const configuration = roleConfigurationOf(clusterSpec({ kubernetes, addons: { cni: "none" } }), role, nodePlatform(), agentDigest);
    expect(roleConfiguration.parse(JSON.parse(roleConfigurationText(configuration)))).toEqual(configuration);
  }
});

test("the same spec is the same bytes, whatever the order of its keys", () => {
  const reversed = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [key, reversed(inner)]),
    );
  };
  const spec = clusterSpec(companyNetwork());
  for (const role of roles) expect(text(role, reversed(spec) as typeof spec)).toBe(text(role, spec));
});

test("no role configuration holds a secret, or anything that only one machine is", () => {
  for (const role of roles) {
    expect(text(role)).not.toMatch(/PRIVATE KEY|BEGIN CERTIFICATE|"token"/);
    const { units, files } = synthesized(clusterSpec(), role);
    const own = [...units, ...files.filter((file) => !/coppice\/(machine|bin\/loader)/.test(file.path))].map((one) => one.text).join("\n");
    expect(own).not.toMatch(/etcd-0|master-0|general/);
  }
});

test("machines of a mirror's cluster download from it alone", () => {
  const urls = roleConfigurationOf(clusterSpec(companyNetwork()), "master", nodePlatform(), agentDigest)
    .components.flatMap((component) => component.downloads)
    .flatMap(({ from }) => [from.amd64.url, from.arm64.url]);
  expect(urls.filter((url) => !url.startsWith("https://artifacts.corp.example.com/repository/upstream/"))).toEqual([]);
});

test("connections are moved between masters only where there are several", () => {
  const chance = (spec = clusterSpec()) => flagsOf(unitOf("master", "kube-apiserver.service", spec)).get("goaway-chance");
  expect(chance()).toBe("0.001");
  expect(chance(clusterSpec({ masters: { seats: 1 } }))).toBeUndefined();
});

test("a kubelet waits for a cloud controller only where there is one", () => {
  const flags = (cloudProvider: "external" | "none") => {
    const { components } = roleConfigurationOf(clusterSpec(), "worker", { ...nodePlatform(), cloudProvider }, agentDigest);
    const unit = components.flatMap((component) => component.units).find((one) => one.name === "kubelet.service");
    return unit ? [...flagsOf(unit).keys()].filter((name) => /cloud-provider|provider-id/.test(name)) : [];
  };
  expect(flags("external")).toEqual(["cloud-provider", "provider-id"]);
  expect(flags("none")).toEqual([]);
});

test("only masters keep other pods away, and from their first moment on", () => {
  const taints = (role: Role) => (configOf(role, "/var/lib/kubelet/config.yaml") as { registerWithTaints?: unknown }).registerWithTaints;
  expect(taints("master")).toEqual([{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }]);
  expect(taints("worker")).toBeUndefined();
});

test("every minor has its own pause image, by digest", () => {
  const pause = (kubernetes: (typeof kubernetesVersions)[number]) =>
    /^sandbox = '(.*)'$/m.exec(
      synthesized(clusterSpec({ kubernetes }), "worker")
        .files.map((file) => file.text)
        .join("\n"),
    )?.[1];
  expect(pause("1.35.7")).toMatch(/^registry\.k8s\.io\/pause:3\.10\.1@sha256:[0-9a-f]{64}$/);
  expect(pause("1.36.3")).toMatch(/^registry\.k8s\.io\/pause:3\.10\.2@sha256:[0-9a-f]{64}$/);
});

test("people log in by OIDC under a prefix, in the file that limits anonymous requests to health", () => {
  const oidc = { issuer: "https://login.example.com", clientId: "kubernetes" };
  expect(configOf("master", "/etc/kubernetes/authentication.yaml", clusterSpec({ access: { oidc } }))).toEqual({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AuthenticationConfiguration",
    anonymous: { enabled: true, conditions: [{ path: "/livez" }, { path: "/readyz" }, { path: "/healthz" }] },
    jwt: [
      {
        issuer: { url: "https://login.example.com", audiences: ["kubernetes"] },
        claimMappings: { username: { claim: "email", prefix: "oidc:" }, groups: { claim: "groups", prefix: "oidc:" } },
      },
    ],
  });
});

test("a read of a secret is logged, and its body never", () => {
  const { rules } = configOf("master", "/etc/kubernetes/audit.yaml") as {
    rules: { level: string; verbs?: string[]; nonResourceURLs?: string[]; resources?: { group: string; resources?: string[] }[] }[];
  };
  const level = (group: string, resource: string, verb: string) =>
    rules.find(
      (rule) =>
        (rule.verbs?.includes(verb) ?? true) &&
        rule.nonResourceURLs === undefined &&
        (rule.resources?.some((one) => one.group === group && (one.resources?.includes(resource) ?? true)) ?? true),
    )?.level;
  for (const verb of ["get", "list", "watch", "create", "update", "patch", "delete"]) {
    expect([verb, level("", "secrets", verb), level("", "pods", verb)]).toEqual([verb, "Metadata", "Metadata"]);
  }
  expect(level("rbac.authorization.k8s.io", "clusterroles", "create")).toBe("Request");
  expect(level("", "serviceaccounts/token", "create")).toBe("Metadata");
});

test("pods get their time before the machine goes down", () => {
  const { shutdownGracePeriod } = configOf("worker", "/var/lib/kubelet/config.yaml") as { shutdownGracePeriod: string };
  const logind = synthesized(clusterSpec(), "worker").files.find((file) => file.path.includes("logind"))?.text ?? "";
  expect(Number(/InhibitDelayMaxSec=(\d+)/.exec(logind)?.[1])).toBeGreaterThan(parseInt(shutdownGracePeriod));
});
