import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { notApplied } from "../../../cli/reconcile/applied";
import type { Report } from "../../../cli/reconcile/run";
import { ending, reportLines } from "../../../cli/reconcile/text";
import { StoreWorld } from "../cluster";
import { ModelWorld } from "./world";

describe("what was applied last", () => {
  let folder: string;
  const world = new StoreWorld();
  const stack = '{"resource":{}}';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "coppice-test-"));
    writeFileSync(join(folder, "cdk.tf.json"), stack);
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const why = () => notApplied(world.cluster.objects, folder);

  it("is known by the digest that an apply writes", async () => {
    expect(await why()).toBe("the store does not say what was applied last (applied): apply the cluster's stack once");
    world.put("applied", { sha256: createHash("sha256").update(stack).digest("hex") });
    expect(await why()).toBeUndefined();
    world.put("applied", { sha256: "a".repeat(64) });
    expect(await why()).toMatch(/cdk.tf.json is [0-9a-f]{12}, and aaaaaaaaaaaa was applied last: synthesize the commit/);
    world.put("applied", "torn");
    expect(await why()).toBe("applied in the store: it is not JSON");
  });

  it("is asked for where the folder holds none", async () => {
    world.put("applied", { sha256: "a".repeat(64) });
    rmSync(join(folder, "cdk.tf.json"));
    await expect(why()).rejects.toThrow("holds no cdk.tf.json: synthesize the commit that was applied last, npm run synth");
  });
});

describe("what a run says", () => {
  const run = async (harm: (world: ModelWorld) => void): Promise<Report> => {
    const world = new ModelWorld();
    harm(world);
    return world.run();
  };

  it("is a line for each member, what was done, and one line at the end", async () => {
    const report = await run((world) => {
      void world.harm("delete", "worker-0");
      void world.harm("power-off", "worker-1");
    });
    expect(reportLines(report)).toEqual([
      "member    is       seen",
      "etcd-0    watched  on and silent for 0 min",
      "etcd-1    watched  on and silent for 0 min",
      "etcd-2    watched  on and silent for 0 min",
      "master-0  watched  on and silent for 0 min",
      "master-1  watched  on and silent for 0 min",
      "master-2  watched  on and silent for 0 min",
      "worker-0  fine     on",
      "worker-1  broken   off                      others of the workers come first",
      "worker-2  fine     on",
      "worker-0: deleted: vsphere_virtual_machine.worker-0: create",
    ]);
    expect(ending(report)).toEqual({ code: 0, line: "healed: worker-0; waits: worker-1" });
  });

  it("names every change that a plan may not make, and is an error", async () => {
    const report = await run((world) => {
      void world.harm("delete", "etcd-1");
      world.differs.add("vsphere_virtual_disk.etcd-1-volume");
    });
    expect(reportLines(report).slice(-2)).toEqual([
      "etcd-1: deleted: the plan would do more than that",
      "  vsphere_virtual_disk.etcd-1-volume  delete+create  a data disk is never destroyed  find out why Terraform wants to: nothing that this run asks for needs it",
    ]);
    expect(ending(report)).toEqual({ code: 1, line: "refused: etcd-1: no plan without what was not asked for" });
  });

  it("is nothing where nothing is to do, and an error where it fails or is refused", async () => {
    expect(ending(await run(() => undefined))).toEqual({ code: 0, line: "nothing to do" });
    const failed = await run((world) => {
      void world.harm("delete", "master-1");
      world.fails = () => true;
    });
    expect(reportLines(failed).at(-1)).toBe("master-1: deleted: failed: vsphere_virtual_machine.master-1: the vCenter refuses");
    expect(ending(failed)).toEqual({ code: 1, line: "failed: master-1" });
    expect(ending({ done: [], refused: "why" })).toEqual({ code: 1, line: "refused: why" });
  });
});
