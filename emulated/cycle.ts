import { temporaryFolder, type Bed } from "./bed";
import type { Emulation } from "./cloud";
import { CycleFailed, CycleStack } from "./cycle-stack";
import type { Environment } from "../terraform/find-program";
import { added } from "./inventory";
import { exactly, type Line } from "../measured/line";
import type { Progress } from "./progress";
import { readSynthesized } from "../terraform/synthesized";
import { Workspace } from "./workspace";

export interface StackToTry {
  readonly name: string;
  /** Holds cdk.tf.json. */
  readonly dir: string;
  /** The same stack synthesized with protection; its destroy has to be refused. */
  readonly protectedDir?: string;
}

export interface CycleInput {
  /** In the order of their applies; destroyed in reverse. */
  readonly stacks: readonly StackToTry[];
  readonly emulation: Emulation;
  readonly bed: Bed;
  readonly env: Environment;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Real Terraform and the real providers against an emulated cloud: apply, no second change, repair, refusal, destroy to
 * nothing; or up to the plan, where nothing more can be had.
 */
export async function cycle(input: CycleInput): Promise<Line[]> {
  const { emulation, bed, env, signal } = input;
  const lines: Line[] = [];
  const temporary = temporaryFolder();
  const synthesized = input.stacks.map(({ dir }) => readSynthesized(dir));
  const cloud = await emulation.start(synthesized, temporary.path).catch((reason: unknown) => {
    temporary.remove();
    throw reason;
  });
  const around = { bed, cloud, temporary: temporary.path, env, ...(signal ? { signal } : {}) };
  try {
    const baseline = await cloud.inventory();
    const stacks = input.stacks.map((stack) => new CycleStack(stack, new Workspace(stack.name, stack.dir, around), lines));
    if (emulation.plansOnly) {
      await input.progress(stacks.flatMap((stack) => [stack.prepare(), stack.plan()]));
      return lines;
    }
    await input.progress([
      ...stacks.flatMap((stack) => [stack.prepare(), stack.plan(), stack.apply(), stack.planIsEmpty("second")]),
      ...cloud.faults(stacks, lines),
      ...stacks.map((stack) => stack.planIsEmpty("third")),
      ...stacks.flatMap((stack) => stack.refusesDestroy()),
      ...[...stacks].reverse().map((stack) => stack.destroy()),
      {
        title: "the emulator holds nothing that was not there before",
        run: async (say) => {
          const left = added(baseline, await cloud.inventory());
          left.forEach(say);
          lines.push(exactly("left in the emulated account after destroy", left.length, "things", 0));
        },
      },
    ]);
    return lines;
  } catch (reason) {
    throw new CycleFailed(reason, lines, cloud.tracebacks());
  } finally {
    await cloud.stop();
    temporary.remove();
  }
}
