import "../../stacks/creation-stack";
import { App } from "cdktf";
import fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync } from "fs";
import { tmpdir } from "os";
import { join } from "path";
import { flows } from "../../constructs/segmentation/machine-flows";
import { addStacks, readChecked } from "../../stacks/synthesize";
import { reachable as reachableOnAws } from "../platform/reachable-aws";
import { reachable as reachableOnGoogle } from "../platform/reachable-google";
import { reachable as reachableOnVsphere } from "../platform/reachable-vsphere";
import { ofProvider, schemaProblems, type ProviderSchema } from "../platform/provider-schema";
import { environments } from "../spec/arbitrary";
import { googleEnvironments } from "../spec/arbitrary-google";
import { vsphereEnvironments } from "../spec/arbitrary-vsphere";
import type { Terraform } from "./terraform";

const outdir = mkdtempSync(join(tmpdir(), "coppice-properties-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** What Terraform takes as an expression, with what it refers to. */
const expressions = (text: string): string[] => (text.match(/(?<![$])\$\{[^}]*\}/g) ?? []).map((one) => one.slice(2, -1));

/** Texts of machines, which are theirs to read; and what cdktf says of itself. */
const opaque = new Set(["content", "user-data", "//"]);

const schemaOf = (cloud: string) =>
  JSON.parse(readFileSync(join(__dirname, `../platform/schemas/${cloud}.json`), "utf8")) as ProviderSchema;
const refusedOn = (cloud: string) => {
  const schema = schemaOf(cloud);
  return (terraform: Terraform) => schemaProblems(ofProvider(terraform, cloud), schema);
};

describe.each([
  // Of AWS there is an emulator that takes the whole of it.
  ["aws", environments, reachableOnAws, 100, () => []],
  ["google", googleEnvironments, reachableOnGoogle, 60, refusedOn("google")],
  ["vsphere", vsphereEnvironments, reachableOnVsphere, 60, refusedOn("vsphere")],
] as const)("on %s", (_, valid, reachable, runs, refused) => {
  test("every valid environment synthesizes, refers to nothing that is not there, and opens what its flows say", () => {
    fc.assert(
      fc.property(valid, (environment) => {
        const complete = readChecked("random", environment);
        const app = new App({ outdir });
        addStacks(app, "random", complete, "a".repeat(64));
        app.synth();
        const terraform = JSON.parse(readFileSync(join(outdir, "stacks/random/cdk.tf.json"), "utf8")) as Terraform;
        const texts = JSON.stringify(terraform, (key: string, value: unknown) => (opaque.has(key) ? undefined : value));
        for (const expression of expressions(texts).filter((one) => one !== "path.module")) {
          const variable = /\bvar\.(\w+)/.exec(expression)?.[1];
          if (variable !== undefined) {
            expect(Object.keys(terraform.variable ?? {})).toContain(variable);
            continue;
          }
          const [first = "", second = "", third = ""] = expression.split(".");
          const block = first === "data" ? terraform.data?.[second]?.[third] : terraform.resource[first]?.[second];
          expect({ expression, found: block !== undefined }).toEqual({ expression, found: true });
        }
        expect(refused(terraform)).toEqual([]);
        // Throws where a flow is open at one end only.
        const ends = new Set(reachable(terraform, complete.cluster).map((cell) => cell.split(" → ")[0]));
        expect(ends).toEqual(new Set(flows(complete.cluster).map(({ from }) => from)));
      }),
      { numRuns: Number(process.env["COPPICE_SYNTH_RUNS"] ?? runs) },
    );
  });
});
