import { findBed } from "../../emulated/bed";
import { CannotRun } from "../../terraform/cannot-run";
import { printLine } from "../../measured/line";
import { plainProgress } from "../../emulated/progress";
import { tryEnvironment } from "../../emulated/try-environment";

/** The reason why the cycle cannot run on this machine, if there is one. */
function missing(): string | undefined {
  try {
    findBed(undefined, process.env);
    return undefined;
  } catch (reason) {
    if (reason instanceof CannotRun) return reason.message;
    throw reason;
  }
}

const reason = missing();
if (reason) process.stderr.write(`skipped, emulated cycle: ${reason}\n`);

(reason ? describe.skip : describe)("real Terraform against an emulated AWS", () => {
  it("applies, plans nothing more, repairs, refuses a protected destroy and destroys to nothing", async () => {
    const said: string[] = [];
    const { lines } = await tryEnvironment(
      "prod-aws",
      plainProgress((line) => said.push(line)),
      process.env,
    );
    const failed = lines.filter(({ ok }) => !ok).map(printLine);
    expect({ failed, said: failed.length > 0 ? said : [] }).toEqual({ failed: [], said: [] });
    expect(lines.length).toBeGreaterThan(20);
  }, 1_200_000);
});
