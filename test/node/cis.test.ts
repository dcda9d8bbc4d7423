import { agentDigest, nodePlatform, clusterSpec } from "./cluster";
import { cis, evaluate, machinesOf } from "./cis";
import type { Verdict } from "./cis-checks";
import { roleConfigurationOf, roleConfigurationText } from "../../constructs/node/role-configuration";
import { roleConfiguration } from "../../constructs/spec/role-configuration";
import type { Role } from "../../constructs/spec/roles";
import { synthesized } from "./synthesized";

const cilium = clusterSpec();
const calico = clusterSpec({ addons: { cni: "calico" } });

const ids = (verdicts: ReadonlyMap<string, Verdict>, of: (verdict: Verdict) => boolean) =>
  [...verdicts].filter(([, verdict]) => of(verdict)).map(([id]) => id);
const passed = (verdict: Verdict) => verdict === "PASS";
const failed = (verdict: Verdict) => verdict === "FAIL";
const warned = (verdict: Verdict) => typeof verdict === "object" && "warn" in verdict;
const notApplicable = (verdict: Verdict) => typeof verdict === "object" && "notApplicable" in verdict;

test("the table has every check of the benchmark that needs a file or a flag", () => {
  expect(new Set(cis.map((row) => row.id)).size).toBe(92);
  expect(cis.filter((row) => row.automated)).toHaveLength(65);
});

test("with kube-proxy, every automated check passes", () => {
  const verdicts = evaluate(machinesOf((role) => synthesized(calico, role)));
  expect(ids(verdicts, failed)).toEqual([]);
  expect(cis.filter((row) => row.automated && verdicts.get(row.id) === "PASS")).toHaveLength(65);
  expect(ids(verdicts, warned)).toEqual(["1.1.9", "1.1.10", "1.2.1", "1.2.11", "1.2.28", "4.2.7", "4.2.9"]);
  expect(ids(verdicts, passed)).toHaveLength(85);
});

test("where Cilium takes the place of kube-proxy, its three checks do not apply and all others stay", () => {
  const verdicts = evaluate(machinesOf((role) => synthesized(cilium, role)));
  expect(ids(verdicts, failed)).toEqual([]);
  expect(ids(verdicts, notApplicable)).toEqual(["4.1.3", "4.1.4", "4.3.1"]);
  expect(ids(verdicts, passed)).toHaveLength(82);
});

/** The faults that kube-bench was given when the table was measured; it found the same eight rows. */
const faults: readonly (readonly [Role, string, string])[] = [
  ["master", "--authorization-mode=Node,RBAC", "--authorization-mode=AlwaysAllow"],
  ["master", "NodeRestriction,", ""],
  ["master", "--shutdown-send-retry-after=true \\\\\\n  --profiling=false", "--profiling=true"],
  ["etcd", " --client-cert-auth=true", " --client-cert-auth=false"],
  ["etcd", "StateDirectoryMode=0700", "StateDirectoryMode=0755"],
  ["worker", "anonymous:\\n    enabled: false", "anonymous:\\n    enabled: true"],
];

test("six seeded faults fail exactly the eight rows that they touch", () => {
  const machines = machinesOf((role) => {
    const text = roleConfigurationText(roleConfigurationOf(cilium, role, nodePlatform(), agentDigest));
    const broken = faults.filter(([of]) => of === role).reduce((current, [, good, bad]) => replacedOnce(current, good, bad), text);
    return synthesized(cilium, role, roleConfiguration.parse(JSON.parse(broken)));
  });
  expect(ids(evaluate(machines), failed)).toEqual(["1.1.11", "1.2.6", "1.2.7", "1.2.8", "1.2.14", "1.2.15", "2.2", "4.2.1"]);
});

function replacedOnce(text: string, good: string, bad: string): string {
  expect(text.split(good)).toHaveLength(2);
  return text.replace(good, bad);
}
