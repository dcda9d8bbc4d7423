import { Argument, Command } from "commander";
import { approve } from "./approve";
import { port } from "../constructs/spec/ports";
import { roles, type Role } from "../constructs/spec/roles";
import { backend } from "./backend";
import { changedStacks } from "./changed";
import { kubeconfig } from "./kubeconfig";
import { openCluster } from "./open-cluster";
import { proveStore } from "./prove-store";
import { rebuildStore } from "./rebuild-store";
import { reconcileOnce } from "./reconcile";
import { retry } from "./retry";
import { status } from "./status";
import { tunnel } from "./tunnel";
import { giveVcenterAccount } from "./vcenter";
import { missingText, seconds, wait } from "./wait";

// The pinned SDK runs on Node 20; its notice about later versions says nothing to who makes a bucket.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
/** What is said beside the result. */
const tell = (line: string): void => void process.stderr.write(`${line}\n`);
const environmentFile = "file name under environments/, without .ts";

const program = new Command("coppice").description("What a person runs besides cdktf.").showHelpAfterError();

program
  .command("backend")
  .description("make the bucket that keeps Terraform's state, once; running it again changes nothing that is right")
  .argument("<environment>", environmentFile)
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

program
  .command("prove-store")
  .description("try whether the cluster store swaps and compares when many write at once, before a machine depends on it")
  .argument("<environment>", environmentFile)
  .action(async (environment: string) => say(await proveStore(openCluster(environment))));

program
  .command("status")
  .description("show what the cluster store says of a cluster; needs neither its API nor a way into its network")
  .argument("<environment>", environmentFile)
  .option("--json", "for programs", false)
  .action(async (environment: string, options: { json: boolean }) => say(await status(openCluster(environment), options)));

program
  .command("wait")
  .description("wait until a cluster is whole, or say what is missing and what a person can do")
  .argument("<environment>", environmentFile)
  .option("--timeout <duration>", "90s or 2h (default: 30m)", seconds)
  .action(async (environment: string, { timeout = seconds("30m") }: { timeout?: number }) => {
    const lacks = await wait(openCluster(environment), { timeoutSeconds: timeout, say: tell });
    if (lacks.length === 0) return;
    tell(missingText(lacks));
    process.exitCode = 1;
  });

program
  .command("kubeconfig")
  .description("ask for a certificate of 8 hours through the store, and write a kubeconfig that only you can read")
  .argument("<environment>", environmentFile)
  .option("--principal <name>", "who you are: the prefix of operators/ that you may write (default: your name on this computer)")
  .option("--out <file>", "where to (default: ~/.kube/coppice-<environment>)")
  .option("--server <url>", "address of the API, where the environment does not know it")
  .option("--tunnel [port]", "the API is at this port of your computer, as `coppice tunnel` opens it")
  .action(async (environment: string, { tunnel: at, ...options }: KubeconfigFlags) => {
    const local = at === undefined ? undefined : at === true ? port.api : portOf(at);
    await kubeconfig(openCluster(environment), { ...options, tunnel: local, say: tell });
  });

program
  .command("tunnel")
  .description("open a port of your computer that leads to the API of a cluster, until you interrupt it")
  .argument("<environment>", environmentFile)
  .option("--port <port>", "of your computer", portOf, port.api)
  .option("--through <seat>", "the master to go through (default: the first that runs)")
  .option("--print", "show the command and do not run it", false)
  .action(async (environment: string, { port: localPort, ...options }: { port: number; through?: string; print: boolean }) => {
    process.exitCode = await tunnel(openCluster(environment), { ...options, localPort, say: options.print ? say : tell });
  });

program
  .command("rebuild-store")
  .description("put back what an emptied store lost, from the copies that machines keep (docs/access.md)")
  .argument("<environment>", environmentFile)
  .argument("<files...>", "epoch.json and fence.json of seats, and the files of /var/lib/coppice/pki")
  .option("--replace", "put what the disks know in place of older records: the store was rolled back", false)
  .action(async (environment: string, files: string[], options: { replace: boolean }) => {
    for (const line of await rebuildStore(openCluster(environment), files, options)) say(line);
  });

program
  .command("approve")
  .description("let a recovery go on without seats that are lost for good; their volumes must be destroyed")
  .argument("<environment>", environmentFile)
  .requiredOption("--absent <seats...>", "etcd-1 …")
  .option("--yes", "write it", false)
  .action(async (environment: string, options: { absent: string[]; yes: boolean }) => {
    if (!(await approve(openCluster(environment), { ...options, say }))) process.exitCode = 1;
  });

program
  .command("reconcile")
  .description("make anew what only Terraform can: lost and failed volumes; on vSphere machines that are gone, off or silent")
  .argument("<environment>", environmentFile)
  .option("--synth <folder>", "the synthesis that was applied last", "cdktf.out")
  .option("--dry-run", "look, plan and judge; change nothing", false)
  .action(async (environment: string, { synth: folder, dryRun }: { synth: string; dryRun: boolean }) => {
    process.exitCode = await reconcileOnce(openCluster(environment), { folder, dryRun, env: process.env, say });
  });

program
  .command("retry")
  .description("let a roll-out that has failed go on with the same configuration")
  .argument("<environment>", environmentFile)
  .addArgument(new Argument("<role>", "whose roll-out").choices(roles))
  .action(async (environment: string, role: Role) => say(await retry(openCluster(environment), role)));

program
  .command("vcenter")
  .description(
    "give the masters an account of the vCenter that may look at machines and tags; its password is read from COPPICE_VCENTER_PASSWORD",
  )
  .argument("<environment>", environmentFile)
  .requiredOption("--user <name>", "coppice-reader@vsphere.local")
  .action(async (environment: string, { user }: { user: string }) => {
    say(await giveVcenterAccount(openCluster(environment), user, process.env["COPPICE_VCENTER_PASSWORD"] ?? ""));
  });

interface KubeconfigFlags {
  readonly principal?: string;
  readonly out?: string;
  readonly server?: string;
  readonly tunnel?: string | true;
}

function portOf(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) throw new Error(`"${text}" is no port`);
  return number;
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
