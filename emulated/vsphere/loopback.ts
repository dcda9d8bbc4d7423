import type { Environment } from "../../terraform/find-program";
import type { Block, Synthesized } from "../../terraform/synthesized";
import type { Vcenter } from "./vcenter";

/** With more requests at a time the simulator's answers stay away, and applies and plans hang. */
const oneByOne = "-parallelism=1";

/** What is merged over a block of the vSphere provider, so that it asks the simulator and nobody else. */
export function vsphereOnLoopback({ server }: Pick<Vcenter, "server">): () => Block {
  return () => ({ vsphere_server: server, user: "emulated", password: "emulated", allow_unverified_ssl: true });
}

/** What Terraform reads beside the stacks: the variables that a person gives it by hand. */
export function vsphereEnvironment(stacks: readonly Synthesized[]): Environment {
  const names = stacks.flatMap(({ variable = {} }) => Object.keys(variable));
  const variables = Object.fromEntries(names.map((name) => [`TF_VAR_${name}`, "emulated"]));
  return { ...variables, TF_CLI_ARGS_plan: oneByOne, TF_CLI_ARGS_apply: oneByOne };
}
