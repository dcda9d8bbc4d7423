import { Command } from "commander";
import { backend } from "./backend";
import { changedStacks } from "./changed";

// The pinned SDK runs on Node 20; its notice about later versions says nothing to who makes a bucket.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const program = new Command("coppice").description("What a person runs besides cdktf.").showHelpAfterError();

program
  .command("backend")
  .description("make the bucket that keeps Terraform's state, once; running it again changes nothing that is right")
  .argument("<environment>", "file name under environments/, without .ts")
  .action(async (environment: string) => {
    for (const line of await backend(environment)) process.stdout.write(`${line}\n`);
  });

program
  .command("changed")
  .description("list, as JSON for a pipeline, the stacks that two syntheses differ in")
  .argument("<before>", "folder of the earlier synthesis: cdktf.out")
  .argument("<after>", "folder of the later one")
  .action((before: string, after: string) => {
    process.stdout.write(`${JSON.stringify(changedStacks(before, after))}\n`);
  });

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
