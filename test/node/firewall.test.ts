import { spawnSync } from "child_process";
import { firewall } from "../../constructs/node/firewall";
import { roleConfigurationOf } from "../../constructs/node/role-configuration";
import { roles } from "../../constructs/spec/roles";
import { agentDigest, clusterSpec, nodePlatform, vsphereNode } from "./cluster";

const own = vsphereNode.ownNetwork ?? { apiAddress: "", cloud: [] };
const spec = clusterSpec({
  segmentation: {
    machines: [{ from: "workers", to: "10.1.2.0/24", ports: ["tcp/587", "udp/30000-32767"], why: "mail ${relay} and $(more)" }],
  },
});
const text = (role: (typeof roles)[number], network = own): string => firewall(spec, role, network).files[0]?.text ?? "";
const rules = (role: (typeof roles)[number], chain: string): readonly string[] => {
  const [, body = ""] = new RegExp(`chain ${chain} \\{\\n((?: {4}.*\\n)*)`).exec(text(role)) ?? [];
  return body.split("\n").map((line) => line.trim().replace(/ comment ".*"$/, ""));
};

test("machines filter themselves only where no cloud does", () => {
  const named = (platform: typeof vsphereNode) =>
    roles.map((role) => roleConfigurationOf(spec, role, platform, agentDigest).components.map(({ name }) => name));
  expect(named(nodePlatform()).flat()).not.toEqual(expect.arrayContaining(["firewall"]));
  expect(named(nodePlatform()).flat()).not.toEqual(expect.arrayContaining(["api-address"]));
  const [etcd, master, worker] = named(vsphereNode);
  // Before anything that listens.
  for (const components of [etcd, master, worker]) expect(components?.slice(0, 2)).toEqual(["system", "firewall"]);
  expect([etcd, master, worker].map((components) => components?.includes("api-address"))).toEqual([false, true, false]);
});

test("an etcd machine hears its tier and the masters, and workers never", () => {
  expect(rules("etcd", "from-network")).toEqual(
    expect.arrayContaining([
      "ip saddr @etcd tcp dport 2380 accept",
      "ip saddr @etcd tcp dport 2379 accept",
      "ip saddr @masters tcp dport 2379 accept",
    ]),
  );
  expect(rules("etcd", "from-network").filter((rule) => rule.includes("@workers") || rule.includes("6443"))).toEqual([]);
});

test("clients of the API come to the shared address, and masters to a master's own", () => {
  const into = rules("master", "from-network");
  expect(into).toContain("ip saddr @masters tcp dport 6443 accept");
  expect(into).toContain("ip saddr 10.0.0.0/16 ip daddr @api tcp dport 6443 accept");
  expect(rules("worker", "from-network").filter((rule) => rule.includes("@api"))).toEqual([]);
});

test("an intended flow opens the machine that begins it, by its ports", () => {
  expect(rules("worker", "to-network")).toEqual(
    expect.arrayContaining(["ip daddr 10.1.2.0/24 tcp dport 587 accept", "ip daddr 10.1.2.0/24 udp dport 30000-32767 accept"]),
  );
  expect(rules("master", "to-network")).not.toContain("ip daddr 10.1.2.0/24 tcp dport 587 accept");
});

const possible = process.getuid?.() === 0 && spawnSync("unshare", ["--net", "nft", "list", "ruleset"]).status === 0;
if (!possible) process.stderr.write("skipped: nft or a network namespace is missing here: firewalls are not loaded\n");
const whenPossible = possible ? test : test.skip;

/** Loaded twice into a network of its own, as at the first start and at every later one. */
const loaded = (rulesText: string) =>
  spawnSync("unshare", ["--net", "sh", "-c", 'printf %s "$0" | nft -f - && printf %s "$0" | nft -f - && nft list ruleset', rulesText], {
    encoding: "utf8",
  });

whenPossible.each(roles)("the kernel takes the firewall of a machine of role %s, again and again", (role) => {
  const { status, stdout, stderr } = loaded(text(role));
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout.match(/^table /gm)).toHaveLength(1);
  expect(stdout).toContain('iifname "en*" jump from-network');
});

whenPossible("also where the vCenter and the store are names, which may be anywhere", () => {
  expect(loaded(text("worker", { ...own, cloud: ["0.0.0.0/0"] })).stderr).toBe("");
});
