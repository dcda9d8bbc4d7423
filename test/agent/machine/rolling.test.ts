import { createHash } from "node:crypto";
import { roleConfigurationOf, roleConfigurationText } from "../../../constructs/node/role-configuration";
import type { DesiredRepair } from "../../../constructs/spec/store";
import type { Configuring } from "../../../agent/machine/machine";
import { Rolling } from "../../../agent/machine/rolling";
import { MemoryStore } from "../../../agent/store/memory";
import { Objects } from "../../../agent/store/objects";
import { timing } from "../../../agent/timing";
import { agentDigest, clusterSpec, nodePlatform } from "../../node/cluster";

const spec = clusterSpec();
const value = roleConfigurationOf(spec, "master", nodePlatform(), agentDigest);
const text = roleConfigurationText(value);
const digest = createHash("sha256").update(text).digest("hex");
// A Thursday.
const now = Date.parse("2026-11-19T12:00:00Z");
const open: DesiredRepair["windows"] = [{ days: ["thu"], from: "10:00", hours: 4 }];
const closed: DesiredRepair["windows"] = [{ days: ["sat"], from: "10:00", hours: 4 }];
const applied = "UPDATED_NEED_REBOOT";

/** What was done to the machine, in its order. */
let done: string[];
beforeEach(() => {
  done = [];
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());

/** A master that serves, in a cluster whose etcd is through. */
async function master(windows: DesiredRepair["windows"] | undefined, operation = "IDLE", more: Partial<Configuring> = {}) {
  const store = new MemoryStore(() => now);
  const etcd = roleConfigurationText(roleConfigurationOf(spec, "etcd", nodePlatform(), agentDigest));
  const good = createHash("sha256").update(etcd).digest("hex");
  await store.putIfAbsent("desired/etcd", etcd);
  await store.putIfAbsent("desired/master", text);
  await store.putIfAbsent("rollout/etcd", JSON.stringify({ good, state: "whole", done: [], fence: 1 }));
  const backup = { everyMinutes: 5, keepHours: 24, keepDays: 30 };
  if (windows) await store.putIfAbsent("desired/repair", JSON.stringify({ workersAtOncePercent: 10, windows, backup }));
  const machine = {
    identity: { cluster: spec.name, role: "master", name: "master-0" },
    store,
    objects: new Objects(store, () => performance.now()),
    configured: { digest, value, text },
    fellBack: undefined,
    health: { serves: true, state: "run" },
    times: timing,
    name: "master-0",
    ...more,
  } as unknown as Configuring;
  return new Rolling(
    machine,
    () => Promise.resolve(true),
    () => Promise.resolve(void done.push("leaves")),
    (program, args) => {
      if (program === "systemctl") done.push(args.join(" "));
      return Promise.resolve({ ok: true, said: program === "update_engine_client" ? `CURRENT_OP=UPDATE_STATUS_${operation}\n` : "" });
    },
  );
}

test.each([
  ["inside of a window", open, true],
  ["outside of all", closed, false],
  ["where nobody knows the windows", undefined, false],
])("%s a machine may be disturbed, or not", async (_, windows, allowed) => {
  const seen = await (await master(windows, applied)).look();
  expect([seen.turn, seen.restart !== undefined]).toEqual([allowed, allowed]);
});

test("a system without an update wants no restart", async () => {
  expect(await (await master(open)).look()).not.toHaveProperty("restart");
});

test("to go where it is already is to start the machine again, after it has left", async () => {
  await (await master(open, applied)).apply(digest, "permitted");
  expect(done).toEqual(["leaves", "reboot"]);
});

test("one that lost the permit on the way, and serves, stays", async () => {
  await (await master(open)).apply(digest, "broken");
  expect(done).toEqual([]);
});

test("an agent that did not come up counts against the configuration that named it, and no later one", async () => {
  expect(await (await master(open, undefined, { fellBack: digest })).look()).toMatchObject({ fellBack: true });
  expect(await (await master(open, undefined, { fellBack: "b".repeat(64) })).look()).toMatchObject({ fellBack: false });
});

test("a machine that would boot what it runs does not start again for another configuration", async () => {
  const exit = jest.spyOn(process, "exit").mockReturnValue(undefined as never);
  const rolling = await master(open);
  await rolling.apply("b".repeat(64), "permitted");
  expect(exit).not.toHaveBeenCalled();
  await (await master(open, "IDLE", { configured: { digest: "c".repeat(64), value, text } })).apply(digest, "permitted");
  expect(exit).toHaveBeenCalledWith(0);
});
