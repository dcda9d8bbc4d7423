import type { CycleStack } from "./cycle-stack";
import type { Environment } from "../terraform/find-program";
import type { Inventory } from "./inventory";
import type { Line } from "../measured/line";
import type { Step } from "./progress";
import type { Block, Synthesized } from "../terraform/synthesized";

/** A cloud that can be started on this machine. */
export interface Emulation {
  /** What an emulator cannot show, printed below the figures. */
  readonly notProven: string;
  /** Nothing can be applied: init, validate and a plan are all that there is. */
  readonly plansOnly?: true;
  /** Starts it with what stands there before the first apply. @param folder for its files, removed by somebody else */
  start(stacks: readonly Synthesized[], folder: string): Promise<EmulatedCloud>;
}

export interface EmulatedCloud {
  /** What is merged over each block of a provider, by the provider's name: no request leaves loopback. */
  readonly providers: Readonly<Record<string, (block: Block) => Block>>;
  /** What Terraform and the providers read from their environment. */
  readonly environment: Environment;
  inventory(): Promise<Inventory>;
  /** Steps between the second plan and the third: what breaks, and what then has to be seen. */
  faults(stacks: readonly CycleStack[], lines: Line[]): readonly Step[];
  /** Errors inside the emulator, which reach Terraform without their reason. */
  tracebacks(): readonly string[];
  stop(): Promise<void>;
}
