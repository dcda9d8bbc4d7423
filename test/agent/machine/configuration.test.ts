import { createHash } from "node:crypto";
import { bootConfiguration, configurationKey, readDesired } from "../../../agent/machine/configuration";
import { MemoryStore } from "../../../agent/store/memory";
import { Objects } from "../../../agent/store/objects";
import type { Rollout } from "../../../constructs/spec/store";
import { roleConfigurationOf, roleConfigurationText } from "../../../constructs/node/role-configuration";
import { agentDigest, clusterSpec, nodePlatform } from "../../node/cluster";

const spec = clusterSpec();
const textOf = (agent: string, of = spec) => roleConfigurationText(roleConfigurationOf(of, "etcd", nodePlatform(), agent));
const digestOf = (text: string) => createHash("sha256").update(text).digest("hex");
const [first, second] = [textOf(agentDigest), textOf("b".repeat(64))];
const [good, candidate] = [digestOf(first), digestOf(second)];
const soon = new Date(Date.now() + 3_600_000).toISOString();
const past = new Date(Date.now() - 3_600_000).toISOString();

async function booted(rollout: Partial<Rollout> | undefined, machine = "etcd-0", desired = second): Promise<string> {
  const store = new MemoryStore(Date.now);
  const objects = new Objects(store, () => performance.now());
  await store.putIfAbsent("desired/etcd", desired);
  for (const text of [first, second, desired]) await store.putIfAbsent(configurationKey("etcd", digestOf(text)), text);
  if (rollout) await store.putIfAbsent("rollout/etcd", JSON.stringify({ good, state: "whole", done: [], fence: 1, ...rollout }));
  const fetched = await bootConfiguration(store, objects, spec.name, "etcd", machine);
  return fetched.kind === "configured" ? fetched.configured.digest : fetched.kind;
}

const rolling: Partial<Rollout> = { candidate, state: "rolling", machine: "etcd-0", until: soon };

test.each([
  ["the first configuration, where no roll-out is on record", undefined, "etcd-0", candidate],
  ["the good one, whatever is desired", {}, "etcd-0", good],
  ["the candidate on the machine that the roll-out names", rolling, "etcd-0", candidate],
  ["the good one on any other", rolling, "etcd-1", good],
  ["the candidate on one that is through", { ...rolling, done: ["etcd-1"] }, "etcd-1", candidate],
  ["the good one again when its time is over", { ...rolling, until: past }, "etcd-0", good],
  ["the good one after a roll-out has failed", { ...rolling, state: "failed" as const }, "etcd-0", good],
])("a machine boots %s", async (_, rollout, machine, wanted) => {
  expect(await booted(rollout, machine)).toBe(wanted);
});

test("a seat that the good configuration does not know boots what brings it, and waits when that has failed", async () => {
  const grown = textOf(agentDigest, clusterSpec({ etcd: { seats: 5 } }));
  const brings: Partial<Rollout> = { candidate: digestOf(grown), state: "rolling", machine: "etcd-0", until: soon };
  for (const rollout of [{}, brings, { ...brings, machine: undefined }]) {
    expect(await booted(rollout, "etcd-4", grown)).toBe(digestOf(grown));
    expect(await booted({ ...rollout, machine: "etcd-1" }, "etcd-2", grown)).toBe(good);
  }
  expect(await booted({ ...brings, state: "failed" }, "etcd-4", grown)).toBe("missing");
  expect(await booted({ ...brings, until: past }, "etcd-4", grown)).toBe("missing");
  expect(await booted({}, "etcd-4")).toBe("missing");
});

test("what is desired lies under its digest from then on, so that a new desire never deletes it", async () => {
  const store = new MemoryStore(Date.now);
  await store.putIfAbsent("desired/etcd", first);
  await readDesired(store, spec.name, "etcd");
  expect(await store.get(configurationKey("etcd", good))).toMatchObject({ kind: "found", body: first });
});

test.each([
  ["of another cluster", roleConfigurationText({ ...roleConfigurationOf(spec, "etcd", nodePlatform(), agentDigest), cluster: "other" })],
  ["of another role", roleConfigurationText(roleConfigurationOf(spec, "worker", nodePlatform(), agentDigest))],
  ["that is torn", first.slice(0, 1000)],
])("a configuration %s is refused", async (_, text) => {
  const store = new MemoryStore(Date.now);
  await store.putIfAbsent("desired/etcd", text);
  expect((await bootConfiguration(store, new Objects(store, () => performance.now()), spec.name, "etcd", "etcd-0")).kind).toBe("refused");
});
