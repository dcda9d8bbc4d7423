import { readEnvironments, writeStacks } from "./synthesize";
import { describeEnvironment, describeRepair } from "./describe";

/** `npm run synth`: the Terraform of every environment, without account, network or Terraform; and what it will be. */
const outdir = "cdktf.out";

try {
  const environments = readEnvironments();
  const stacks = writeStacks(outdir, environments);
  for (const [name, environment] of Object.entries(environments)) {
    const own = stacks.filter((stack) => stack.environment === name);
    process.stdout.write(`${describeEnvironment(name, environment, own)}\n\n`);
  }
  process.stdout.write(`${describeRepair(Object.values(environments))}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
