import { temporaryFolder, type Bed } from "./bed";
import { CycleFailed, CycleStack } from "./cycle-stack";
import { added, startEmulator } from "./emulator";
import type { Environment } from "../terraform/find-program";
import { describeReplacement, isWhole, terminateOneOfEach } from "./heal";
import { exactly, type Line } from "../measured/line";
import type { Progress, Step } from "./progress";
import { readSynthesized } from "../terraform/synthesized";
import type { StateResource } from "../terraform/terraform";
import { Workspace } from "./workspace";
import { worldFor } from "./world";

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
  readonly account: string;
  readonly region: string;
  readonly bed: Bed;
  readonly env: Environment;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/** Real Terraform and the real provider against an emulated AWS: apply, no second change, repair, refusal, destroy to nothing. */
export async function cycle(input: CycleInput): Promise<Line[]> {
  const { account, region, bed, env, signal } = input;
  const lines: Line[] = [];
  const temporary = temporaryFolder();
  const synthesized = input.stacks.map(({ dir }) => readSynthesized(dir));
  const emulator = await startEmulator(bed.python, worldFor(synthesized, account, region), temporary.path).catch((reason: unknown) => {
    temporary.remove();
    throw reason;
  });
  const { endpoint } = emulator;
  const around = { bed, region, endpoint, temporary: temporary.path, env, ...(signal ? { signal } : {}) };
  try {
    const baseline = await emulator.inventory();
    const stacks = input.stacks.map((stack) => new CycleStack(stack, new Workspace(stack.name, stack.dir, around), lines));
    await input.progress([
      ...stacks.flatMap((stack) => [...stack.prepare(), ...stack.apply(), stack.planIsEmpty("second")]),
      repair(stacks, endpoint, region, lines),
      ...stacks.map((stack) => stack.planIsEmpty("third")),
      ...stacks.flatMap((stack) => stack.refusesDestroy()),
      ...[...stacks].reverse().map((stack) => stack.destroy()),
      {
        title: "the emulator holds nothing that was not there before",
        run: async (say) => {
          const left = added(baseline, await emulator.inventory());
          left.forEach(say);
          lines.push(exactly("left in the emulated account after destroy", left.length, "things", 0));
        },
      },
    ]);
    return lines;
  } catch (reason) {
    throw new CycleFailed(reason, lines, emulator.tracebacks());
  } finally {
    await emulator.stop();
    temporary.remove();
  }
}

function repair(stacks: readonly CycleStack[], endpoint: string, region: string, lines: Line[]): Step {
  return {
    title: "terminate one instance of every group (emulator's behaviour: moto replaces on terminate, within the same call)",
    run: async (say) => {
      const state: StateResource[] = [];
      for (const stack of stacks) state.push(...(await stack.state()));
      const { replacements, empty } = await terminateOneOfEach(endpoint, region, state);
      say([...replacements.map(describeReplacement), ...empty.map((name) => `${name}: no member, by its own size`)].join("\n"));
      const seats = replacements.filter(({ seatAddress }) => seatAddress !== undefined);
      const label = "(emulator's behaviour: replaced on terminate, within the same call)";
      lines.push(
        exactly(`groups whole again after a terminate ${label}`, replacements.filter(isWhole).length, "groups", replacements.length),
        exactly(`replacements at their seat's address ${label}`, seats.filter(isWhole).length, "seats", seats.length),
      );
    },
  };
}
