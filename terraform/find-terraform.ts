import { CannotRun } from "./cannot-run";
import { answerOf, findProgram, type Environment } from "./find-program";

export interface Terraform {
  readonly program: string;
  readonly version: string;
  /** Its own word for where it runs, as in a mirror's folder names: `linux_amd64`. */
  readonly platform: string;
}

const oldest = [1, 11] as const;
const wayOut = "install Terraform or OpenTofu 1.11 or later, or name the program in TERRAFORM_BINARY_NAME";

export function findTerraform(env: Environment): Terraform {
  const named = env.TERRAFORM_BINARY_NAME;
  const program = findProgram(named ? [named] : ["terraform", "tofu"], env);
  if (!program)
    throw new CannotRun(named ? `TERRAFORM_BINARY_NAME is ${named}, which is no program` : "no terraform and no tofu on PATH", wayOut);
  // A dangling TF_CLI_CONFIG_FILE would print a warning in front of the answer.
  const answer = answerOf(program, ["version", "-json"], { ...env, TF_CLI_CONFIG_FILE: undefined, CHECKPOINT_DISABLE: "1" });
  if (!answer) throw new CannotRun(`${program} does not tell its version`, wayOut);
  const { terraform_version: version, platform } = JSON.parse(answer) as { terraform_version: string; platform: string };
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) throw new CannotRun(`${program} is ${version}`, wayOut);
  return { program, version, platform };
}
