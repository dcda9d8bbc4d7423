import { spawnSync } from "node:child_process";
import { environment as production } from "../../environments/prod-aws";
import { firewall, refusedByMachines } from "../../lab/firewall";
import type { Machine } from "../../lab/machine";
import { readChecked } from "../../stacks/synthesize";

const machines = [
  { role: "etcd", address: "10.0.224.10" },
  { role: "master", address: "10.0.224.20" },
  { role: "worker", address: "10.0.0.4" },
] as const;
const text = firewall(readChecked("lab", production).cluster, machines, ["10.0.224.5"]);
const rule = (start: string): string[] => text.split("\n").filter((line) => line.trim().startsWith(start));

test("tiers reach each other by their flows only", () => {
  expect(rule("ip saddr @workers ip daddr @etcd")).toEqual([]);
  expect(rule("ip saddr @masters ip daddr @etcd tcp dport 2379 accept")).toHaveLength(1);
  expect(text).toContain("set etcd { type ipv4_addr; elements = { 10.0.224.10 }; }");
  expect(text).toContain("set members { type ipv4_addr; elements = { 10.0.224.10, 10.0.224.20, 10.0.0.4 }; }");
  expect(text).toContain("policy drop;");
});

test("the internet is everything but the machines of the cluster", () => {
  expect(rule("ip saddr @etcd ip daddr 0.0.0.0/0")).toEqual([expect.stringMatching(/ip daddr != @members tcp dport 443 accept/) as string]);
});

test("clients reach the masters through the load balancer, which is no machine", () => {
  expect(rule("ip saddr @api ip daddr @masters")).toEqual([expect.stringContaining("tcp dport 6443 accept") as string]);
  expect(text).toContain("set api { type ipv4_addr; elements = { 10.0.224.5 }; }");
  expect(rule("ip saddr 10.0.0.0/16")).toEqual([expect.stringContaining("ip saddr != @members ip daddr @api tcp dport 6443") as string]);
});

test("pods pass only where no tunnel of a CNI hides them", () => {
  const none = { ...production, cluster: { ...production.cluster, addons: { cni: "none" } } };
  const open = firewall(readChecked("lab", none).cluster, machines, ["10.0.224.5"]);
  expect(open.split("\n").filter((line) => line.includes("10.64.0.0/14"))).toHaveLength(4);
  expect(text).not.toContain("10.64.0.0/14");
});

test("what machines refuse themselves is the sum of what falls out of their chains", async () => {
  const chain = (packets: number): string =>
    `\tchain to-network {\n\t\tip daddr @etcd accept\n\t\tcounter packets ${packets} bytes 60 drop\n\t}\n`;
  const machine = (stdout: string): Machine => ({ exec: () => Promise.resolve({ status: 0, stdout, stderr: "" }) }) as unknown as Machine;
  expect(await refusedByMachines([machine(chain(2) + chain(3)), machine(chain(4)), machine("")])).toBe(9);
});

const present = process.getuid?.() === 0 && spawnSync("nft", ["--version"]).status === 0;
if (!present) console.warn("no nft, or not root: the rules are not parsed");
(present ? test : test.skip)("nft takes it", () => {
  const { status, stderr } = spawnSync("nft", ["--check", "--file", "-"], { input: text, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
});
