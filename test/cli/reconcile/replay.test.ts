import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MemoryContents, MemoryStore } from "../../../agent/store/memory";
import { Objects } from "../../../agent/store/objects";
import { timing } from "../../../agent/timing";
import { vsphereInventory } from "../../../cli/reconcile/inventory-vsphere";
import { vsphereShelf } from "../../../cli/reconcile/shelf-vsphere";
import { reconcile } from "../../../cli/reconcile/run";
import { platformOf } from "../../../stacks/platforms";
import { readEnvironments } from "../../../stacks/synthesize";
import { ReplayedProvisioner, soapServer, unpacked } from "./recorded";

const name = "onprem-vsphere";
const runs = unpacked(readFileSync(join(__dirname, "recorded.json"), "utf8"));

/**
 * Where the provider is missing: the same store, the same answers of Terraform and vCenter, call by call. Recorded by
 * `COPPICE_RECORD=1 npx jest test/emulated/vsphere/reconcile.test.ts` where it is there.
 */
test.each(Object.entries(runs))("asks Terraform and vCenter as on the simulator: %s", async (_, recorded) => {
  const cluster = readEnvironments([name])[name]?.cluster;
  if (!cluster) throw new Error(`no ${name}`);
  const contents = new MemoryContents();
  for (const [key, body] of Object.entries(recorded.store)) contents.put(key, body);
  const asked = [...recorded.vcenter];
  const vcenter = await soapServer((body) => {
    const next = asked.shift();
    if (next?.asked !== body) throw new Error(`the vCenter was asked ${next?.asked ?? "nothing more"}, and is now asked ${body}`);
    return Promise.resolve(next);
  });
  const terraform = new ReplayedProvisioner(recorded.terraform);
  const clock = (): number => recorded.now;
  try {
    const { done, refused } = await reconcile({
      members: platformOf(cluster.placement).facts.members(cluster),
      objects: new Objects(new MemoryStore(clock, contents), clock),
      times: timing,
      dryRun: false,
      terraform,
      stack: {},
      staleSeconds: 1.5 * timing.statusQuietly,
      state: () => terraform.state(),
      deadlines: { silent: 40 * 60 },
      shelf: vsphereShelf,
      inventory: vsphereInventory({ url: vcenter.url, user: "emulated", password: "emulated" }),
    });
    expect(refused).toBeUndefined();
    expect(done.map(({ repair, outcome }) => `${repair.kind} ${repair.seen.member.name}: ${outcome.kind}`)).toEqual(recorded.healed);
    expect([terraform.unasked, asked.length]).toEqual([0, 0]);
    expect(Object.fromEntries([...contents.objects].map(([key, { body }]) => [key, body]))).toEqual(recorded.storeAfter);
  } finally {
    await vcenter.stop();
  }
});
