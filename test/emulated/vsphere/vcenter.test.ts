import { vsphereInventory } from "../../../cli/reconcile/inventory-vsphere";
import type { VspherePlacement } from "../../../constructs/spec/placement-vsphere";
import { temporaryFolder } from "../../../emulated/bed";
import { findVcenter, startVcenter, type Vcenter } from "../../../emulated/vsphere/vcenter";
import { worldFor } from "../../../emulated/vsphere/world";
import { readEnvironments } from "../../../stacks/synthesize";
import { CannotRun } from "../../../terraform/cannot-run";

/** The program, or why it cannot be built here. */
function look(): { readonly program: string } | { readonly reason: string } {
  try {
    return { program: findVcenter(process.env) };
  } catch (reason) {
    if (reason instanceof CannotRun) return { reason: reason.message };
    throw reason;
  }
}

const found = look();
if ("reason" in found) process.stderr.write(`skipped, simulated vCenter: ${found.reason}\n`);

("reason" in found ? describe.skip : describe)("a vCenter in memory", () => {
  const temporary = temporaryFolder();
  const placement = readEnvironments(["onprem-vsphere"])["onprem-vsphere"]?.cluster.placement as VspherePlacement;
  let vcenter: Vcenter;
  beforeAll(async () => {
    vcenter = await startVcenter("program" in found ? found.program : "", worldFor(placement), temporary.path);
  }, 60_000);
  afterAll(async () => {
    await vcenter.stop();
    temporary.remove();
  });

  it("holds the templates, with their disks, and nothing of the cluster", async () => {
    const { machines, "resource pools": pools, tags } = await vcenter.inventory();
    expect(machines).toEqual(["/dc-1/vm/templates/flatcar-4593.2.5", "/dc-1/vm/templates/flatcar-4593.2.5-arm64"]);
    expect(pools).toEqual(["arm", "compute-a", "compute-b", "compute-c"].map((name) => `/dc-1/host/${name}/Resources`));
    expect(tags).toEqual([]);
    expect(Object.keys(await vcenter.disks())).toEqual(["[ssd-a] flatcar-4593.2.5-arm64/root.vmdk", "[ssd-a] flatcar-4593.2.5/root.vmdk"]);
  });

  it("tells the reconcile run the power of machines, each by a UUID of its own", async () => {
    const uuids = (await vcenter.machines()).map(({ uuid }) => uuid);
    expect(new Set(uuids).size).toBe(2);
    const ca = vcenter.certificate;
    const inventory = vsphereInventory({ url: `https://${vcenter.server}`, user: "emulated", password: "emulated", ca });
    expect(await inventory.power([...uuids, "no-such-machine"])).toEqual({
      kind: "known",
      value: new Map(uuids.map((uuid) => [uuid, "off"])),
    });
    expect(await inventory.start("no-such-machine")).toMatchObject({ kind: "unknown" });
  });

  it("loses what a person deletes, and says so of what is not there", async () => {
    await vcenter.harm("destroy", "/dc-1/vm/templates/flatcar-4593.2.5-arm64");
    expect((await vcenter.inventory())["machines"]).toEqual(["/dc-1/vm/templates/flatcar-4593.2.5"]);
    expect(Object.keys(await vcenter.disks())).toEqual(["[ssd-a] flatcar-4593.2.5/root.vmdk"]);
    await expect(vcenter.harm("power-off", "/dc-1/vm/nobody")).rejects.toThrow("not found");
  });
});
