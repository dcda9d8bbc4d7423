import "../../stacks/creation-stack";
import { App } from "cdktf";
import fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync } from "fs";
import { tmpdir } from "os";
import { join } from "path";
import { addStacks, readChecked } from "../../stacks/synthesize";
import { environments } from "../spec/arbitrary";
import { reachable } from "../platform/reachable-aws";
import type { Terraform } from "./terraform";

const outdir = mkdtempSync(join(tmpdir(), "coppice-properties-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** What Terraform takes as an expression, with what it refers to. */
const expressions = (text: string): string[] => (text.match(/(?<![$])\$\{[^}]*\}/g) ?? []).map((one) => one.slice(2, -1));

test("every valid environment synthesizes, and refers to nothing that is not there", () => {
  fc.assert(
    fc.property(environments, (environment) => {
      const complete = readChecked("random", environment);
      const app = new App({ outdir });
      addStacks(app, "random", complete, "a".repeat(64));
      app.synth();
      const terraform = JSON.parse(readFileSync(join(outdir, "stacks/random/cdk.tf.json"), "utf8")) as Terraform;
      const texts = JSON.stringify(terraform, (key: string, value: unknown) => (key === "content" || key === "//" ? undefined : value));
      for (const expression of expressions(texts).filter((one) => one !== "path.module")) {
        const [first = "", second = "", third = ""] = expression.split(".");
        const block = first === "data" ? terraform.data?.[second]?.[third] : terraform.resource[first]?.[second];
        expect({ expression, found: block !== undefined }).toEqual({ expression, found: true });
      }
      // Throws where a flow is open at one end only.
      expect(reachable(terraform).length).toBeGreaterThan(0);
    }),
    { numRuns: Number(process.env["COPPICE_SYNTH_RUNS"] ?? 100) },
  );
});
