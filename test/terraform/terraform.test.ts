import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformFailed } from "../../terraform/diagnostics";
import { plainProgress } from "../../emulated/progress";
import { TerraformRun } from "../../terraform/terraform";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "coppice-test-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A Terraform that prints these lines and ends with this code. */
function pretend(lines: readonly string[], code: number): TerraformRun {
  const program = join(folder, "terraform");
  writeFileSync(program, `#!/bin/sh\ncat <<'END'\n${lines.join("\n")}\nEND\nexit ${code}\n`);
  chmodSync(program, 0o755);
  return new TerraformRun(program, folder, { PATH: process.env.PATH });
}

const problem = { severity: "error", summary: "creating VPC", detail: "VpcLimitExceeded", address: "aws_vpc.a" };

describe("a failed run", () => {
  it("gives Terraform's own reason with its address", async () => {
    const run = pretend(['{"type":"version"}', JSON.stringify({ type: "diagnostic", diagnostic: problem })], 1);
    const failure = await run.apply("x", () => undefined).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(TerraformFailed);
    expect((failure as Error).message).toBe("terraform apply failed\nerror: creating VPC (aws_vpc.a)\n    VpcLimitExceeded");
  });

  it("gives what was printed where it is no JSON", async () => {
    await expect(pretend(["panic: runtime error"], 2).init()).rejects.toThrow("terraform init failed\npanic: runtime error");
  });

  it("of validate gives the diagnostics of its one document", async () => {
    const run = pretend([JSON.stringify({ valid: false, diagnostics: [problem] })], 1);
    await expect(run.validate()).rejects.toThrow("creating VPC");
  });
});

describe("an empty plan", () => {
  it("is exit code 0 and has no changes", async () => {
    await expect(pretend([], 0).plan("x")).resolves.toMatchObject({ code: 0, plan: {} });
  });
});

describe("progress without a terminal", () => {
  it("prints one line a step and stops at the first that throws", async () => {
    const printed: string[] = [];
    const steps = [
      { title: "one", run: (say: (text: string) => void) => Promise.resolve(say("half\ndone")) },
      { title: "two", run: () => Promise.reject(new Error("no")) },
      { title: "three", run: () => Promise.resolve() },
    ];
    await expect(plainProgress((line) => printed.push(line))(steps)).rejects.toThrow("no");
    expect(printed.filter((line) => !line.endsWith(" s"))).toEqual(["[1/3] one", "    half", "    done", "[2/3] two"]);
  });
});
