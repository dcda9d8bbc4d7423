import type { Plan } from "../../terraform/plan";
import type { StateResource } from "../../terraform/terraform";

/** What a run needs of Terraform, in the folder of the cluster's stack. Everything throws with Terraform's own reason. */
export interface Provisioner {
  state(): Promise<readonly StateResource[]>;
  /** A plan of these addresses and what they need, which stays in a file until it is applied. */
  plan(targets: readonly string[], replace: readonly string[]): Promise<Plan>;
  /** That plan, and no other. */
  apply(): Promise<void>;
  /** Takes an object out of the state. */
  forget(address: string): Promise<void>;
  /** Values that stand over those of the stack while this run lasts: the name of the next volume of a seat. */
  override(address: string, values: Readonly<Record<string, unknown>>): void;
}
