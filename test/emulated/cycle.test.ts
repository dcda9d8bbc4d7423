import { lacking } from "../../emulated/clouds";
import { plainProgress } from "../../emulated/progress";
import { tryEnvironment } from "../../emulated/try-environment";
import { printLine } from "../../measured/line";
import { readEnvironments } from "../../stacks/synthesize";

/** Environment, what runs, and how many figures that leaves at least. */
const cases = [
  ["prod-aws", "applies, plans nothing more, repairs, refuses a protected destroy and destroys to nothing", 20],
  ["onprem-vsphere", "applies, plans nothing more, mends just what is lost, refuses a protected destroy and destroys to nothing", 20],
  ["prod-google", "is valid and planned whole", 8],
] as const;

describe.each(cases)("real Terraform with the real providers: %s", (environment, does, figures) => {
  const placement = readEnvironments([environment])[environment]?.cluster.placement;
  const reason = placement && lacking(placement, process.env);
  if (reason) process.stderr.write(`skipped, ${environment} with real Terraform: ${reason}\n`);

  (reason ? it.skip : it)(
    does,
    async () => {
      const said: string[] = [];
      const progress = plainProgress((line) => said.push(line));
      const { lines } = await tryEnvironment(environment, progress, process.env);
      const failed = lines.filter(({ ok }) => !ok).map(printLine);
      expect({ failed, said: failed.length > 0 ? said : [] }).toEqual({ failed: [], said: [] });
      expect(lines.length).toBeGreaterThanOrEqual(figures);
    },
    1_200_000,
  );
});
