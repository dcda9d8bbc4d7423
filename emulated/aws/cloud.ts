import type { Placement } from "../../constructs/spec/cluster-spec";
import type { EmulatedCloud, Emulation } from "../cloud";
import type { CycleStack } from "../cycle-stack";
import type { Environment } from "../../terraform/find-program";
import { exactly, type Line } from "../../measured/line";
import type { Step } from "../progress";
import type { StateResource } from "../../terraform/terraform";
import { describeReplacement, isWhole, terminateOneOfEach } from "./heal";
import { awsEnvironment, awsOnLoopback } from "./loopback";
import { findMoto, startMoto } from "./moto";
import { worldFor } from "./world";

const notProven = `Not proven by an emulator: that AWS accepts and normalizes every argument as moto does, decisions of IAM and KMS,
how and how fast Auto Scaling notices a dead machine, life-cycle hooks, and that a machine boots.`;

/** AWS by moto. @throws CannotRun */
export function emulatedAws({ account, region }: Extract<Placement, { cloud: "aws" }>, env: Environment): Emulation {
  const python = findMoto(env);
  return {
    notProven,
    async start(stacks, folder): Promise<EmulatedCloud> {
      const { endpoint, inventory, tracebacks, stop } = await startMoto(python, worldFor(stacks, account, region), folder);
      return {
        providers: { aws: awsOnLoopback(endpoint, region) },
        environment: awsEnvironment(endpoint),
        inventory,
        faults: (cycled, lines) => [terminate(cycled, endpoint, region, lines)],
        tracebacks,
        stop,
      };
    },
  };
}

function terminate(stacks: readonly CycleStack[], endpoint: string, region: string, lines: Line[]): Step {
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
