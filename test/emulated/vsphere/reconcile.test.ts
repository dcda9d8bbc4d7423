import { appendFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { platformOf } from "../../../stacks/platforms";
import { readEnvironments, synthesize } from "../../../stacks/synthesize";
import { findBed, temporaryFolder } from "../../../emulated/bed";
import { lacking } from "../../../emulated/clouds";
import { requiredProviders } from "../../../emulated/required-providers";
import { emulatedVcenter } from "../../../emulated/vsphere/cloud";
import { Workspace } from "../../../emulated/workspace";
import { readSynthesized, stackFile } from "../../../terraform/synthesized";
import { blows, healsAll } from "../../cli/reconcile/sequences";
import { SimulatedBed } from "./bed";
import { reconcileCommand } from "./command";

const name = "onprem-vsphere";
const environment = readEnvironments([name])[name];
const placement = environment?.cluster.placement;
const reason = placement && lacking(placement, process.env);
if (reason) process.stderr.write(`skipped, reconcile on an emulated vCenter: ${reason}\n`);

/** Each begins where the one before it has ended: with a cluster that is whole. */
const sequences = Number(process.env["COPPICE_SEQUENCES"] ?? 20);

(reason ? it.skip : it)(
  "ends whole after random blows on a vCenter, with real Terraform",
  async () => {
    const { path, remove } = temporaryFolder();
    if (!environment || !placement || !("server" in placement)) throw new Error(`${name} is not on vSphere`);
    const [cluster] = synthesize(join(path, "synth"), { only: [name] });
    if (!cluster) throw new Error("no stack");
    const stack = readSynthesized(cluster.dir);
    const { cloud, vcenter } = await emulatedVcenter(placement, process.env)([stack], path);
    try {
      const bed = findBed(requiredProviders(stack), process.env);
      // In the layout of a synthesis.
      const temporary = join(path, "stacks");
      const workspace = new Workspace(name, cluster.dir, { bed, cloud, temporary, env: process.env });
      await workspace.terraform.init();
      await workspace.terraform.plan("first.plan");
      await workspace.terraform.apply("first.plan", () => undefined);
      const { members } = platformOf(placement).facts;
      const simulated = new SimulatedBed(members(environment.cluster), workspace, vcenter, placement.datacenter);
      const command = (options: readonly string[] = []) => reconcileCommand(name, path, { cloud, vcenter, temporary }, options);
      expect(command()).toEqual({ code: 0, last: "nothing to do" });
      await simulated.harm("delete", "workers-general-rack-a-0");
      await simulated.harm("power-off", "workers-general-rack-b-0");
      expect(command(["--dry-run"])).toEqual({ code: 0, last: "would heal: workers-general-rack-a-0; waits: workers-general-rack-b-0" });
      expect(command()).toEqual({ code: 0, last: "healed: workers-general-rack-a-0; waits: workers-general-rack-b-0" });
      expect(command()).toEqual({ code: 0, last: "healed: workers-general-rack-b-0" });
      simulated.forgetState();
      appendFileSync(join(workspace.terraform.folder, stackFile), "\n");
      expect(command()).toEqual({ code: 1, last: expect.stringMatching(/^refused: .* was applied last/) as string });
      workspace.take(cluster.dir);
      const begun = performance.now();
      for (const [index, sequence] of fc.sample(blows, { numRuns: sequences, seed: 5 }).entries()) {
        await healsAll(simulated, sequence);
        const seconds = ((performance.now() - begun) / 1000).toFixed(0);
        process.stderr.write(`sequence ${index + 1} of ${sequences}, ${sequence.length} blows: whole, ${seconds} s\n`);
      }
      const { plan } = await workspace.terraform.plan("last.plan");
      expect((plan.resource_changes ?? []).filter(({ change }) => change.actions[0] !== "no-op")).toEqual([]);
    } finally {
      await cloud.stop();
      remove();
    }
  },
  3_600_000,
);
