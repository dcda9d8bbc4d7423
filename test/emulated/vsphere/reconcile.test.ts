import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { lacking } from "../../../emulated/clouds";
import { readEnvironments } from "../../../stacks/synthesize";
import { Agents } from "../../cli/reconcile/agents";
import { packed, type RecordedRun } from "../../cli/reconcile/recorded";
import { blows, healsAll } from "../../cli/reconcile/sequences";
import { SimulatedBed } from "./bed";

const environment = "onprem-vsphere";
/** What CI replays, where the provider is missing; `COPPICE_RECORD=1` records it anew. */
const recordedFile = join(__dirname, "../../cli/reconcile/recorded.json");
/** A sequence takes about a minute. */
const sequences = Number(process.env["COPPICE_SEQUENCES"] ?? 3);
const placement = readEnvironments([environment])[environment]?.cluster.placement;
const reason = placement && lacking(placement, process.env);
if (reason) process.stderr.write(`skipped, reconcile on a simulated vCenter: ${reason}\n`);

(reason ? describe.skip : describe)("reconcile with real Terraform on a simulated vCenter", () => {
  let bed: SimulatedBed;
  beforeAll(async () => void (bed = await SimulatedBed.of(environment)), 600_000);
  afterAll(async () => {
    await bed.stop();
    if (process.env["COPPICE_RECORD"] === "1") writeFileSync(recordedFile, packed(runs));
  });
  const runs: Record<string, RecordedRun> = {};

  /** Everybody has spoken, then something breaks, then one run. */
  async function afterHarm(...harms: readonly (readonly [Parameters<SimulatedBed["harm"]>[0], string])[]) {
    const agents = new Agents(bed);
    await agents.speak();
    await agents.speak();
    for (const [harm, member] of harms) await bed.harm(harm, member);
    await agents.speak();
    const { report, recorded } = await bed.recordedRun();
    const [first] = harms;
    if (first) runs[first.join(" ")] = recorded;
    const { done, refused } = report;
    await agents.speak();
    await agents.speak();
    const healed = done.map(({ repair, outcome }) => `${repair.kind} ${repair.seen.member.name}: ${outcome.kind}`);
    return { healed, refused, missing: await agents.missing(), wrong: await bed.violations() };
  }
  const whole = { refused: undefined, missing: [], wrong: [] };

  it("does nothing where nothing is broken", async () => {
    expect(await afterHarm()).toEqual({ healed: [], ...whole });
  }, 120_000);

  it("makes a deleted machine anew, with the volume of its seat", async () => {
    expect(await afterHarm(["delete", "etcd-1"])).toEqual({ healed: ["make etcd-1: healed"], ...whole });
  }, 120_000);

  it("starts one that is off, which no plan of Terraform does", async () => {
    expect(await afterHarm(["power-off", "master-1"])).toEqual({ healed: ["start master-1: healed"], ...whole });
  }, 120_000);

  it("gives a seat a blank volume for one that is lost", async () => {
    expect(await afterHarm(["lose-volume", "etcd-2"])).toEqual({ healed: ["volume etcd-2: healed"], ...whole });
  }, 120_000);

  // Each begins where the one before it has ended: with a cluster that is whole.
  it("ends whole after random sequences, and never does what no repair may do", async () => {
    for (const sequence of fc.sample(blows, { numRuns: sequences })) await healsAll(bed, sequence);
    expect(await bed.differences()).toEqual([]);
  }, 3_600_000);
});
