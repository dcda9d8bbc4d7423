import { Command } from "commander";
import { CannotRun } from "../terraform/cannot-run";
import { CycleFailed } from "./cycle-stack";
import { exactly, printLine, writeResults } from "../measured/line";
import { plainProgress } from "./progress";
import { terminalProgress } from "./terminal-progress";
import { tryEnvironment } from "./try-environment";

const exit = { failed: 1, cannotRun: 2, interrupted: 130 } as const;

// The pinned SDK runs on Node 20; its notice about later versions would stand in the middle of the steps.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

async function main(environment: string): Promise<number> {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => controller.abort(new Error(`stopped by ${signal}`)));
  const progress = process.stdout.isTTY ? terminalProgress : plainProgress(console.log);
  try {
    const { lines, versions, notProven } = await tryEnvironment(environment, progress, process.env, controller.signal);
    lines.forEach((line) => console.log(printLine(line)));
    console.log(notProven);
    const used = Object.entries(versions).map(([program, version]) => `${program} ${version}`);
    console.log(`With ${used.join(", ")}.`);
    writeResults("try", lines);
    return lines.every(({ ok }) => ok) ? 0 : exit.failed;
  } catch (reason) {
    console.error(reason instanceof Error ? reason.message : reason);
    const lines = reason instanceof CycleFailed ? reason.lines : [];
    lines.forEach((line) => console.log(printLine(line)));
    if (controller.signal.aborted) return exit.interrupted; // says nothing of the stack: the figures of before stay
    if (reason instanceof CycleFailed)
      writeResults("try", [...lines, exactly(`${environment}: stopped by ${reason.message.split("\n")[0]}`, 1, "failures", 0)]);
    return reason instanceof CannotRun ? exit.cannotRun : exit.failed;
  }
}

const program = new Command("try")
  .description("applies, repairs and destroys an environment with real Terraform against an emulated cloud; plans it where there is none")
  .argument("[environment]", "a file under environments/, or a cloud: its first environment with protection", "prod-aws")
  .showHelpAfterError();
program.parse();
void main(program.processedArgs[0] as string).then((code) => (process.exitCode = code));
