import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { VspherePlacement } from "../../constructs/spec/placement-vsphere";
import { awsEnvironment, awsOnLoopback } from "../aws/loopback";
import { findMoto, startMoto, type Moto } from "../aws/moto";
import type { EmulatedCloud, Emulation } from "../cloud";
import type { Environment } from "../../terraform/find-program";
import type { Synthesized } from "../../terraform/synthesized";
import { faults } from "./faults";
import { findVcenter, startVcenter, type Vcenter } from "./vcenter";
import { worldFor } from "./world";

const notProven = `Not proven by a simulator: that a vCenter accepts and normalizes every argument as govmomi's does, HA and VM Monitoring, the
locks of disks, guest tools, rights, and that a machine boots. Machines that are off are not Terraform's business: the last
plan is empty with one that was switched off.`;

/** The simulator forgets answers where more than one request is under way: applies and plans then hang. */
const oneByOne = "-parallelism=1";

/** A vCenter by govmomi's simulator, and the store that somebody brings by moto. @throws CannotRun */
export function emulatedVsphere(placement: VspherePlacement, env: Environment): Emulation {
  const start = emulatedVcenter(placement, env);
  return { notProven, start: async (stacks, folder) => (await start(stacks, folder)).cloud };
}

/** The same, with the vCenter itself for those that ask it something. @throws CannotRun */
export function emulatedVcenter(
  placement: VspherePlacement,
  env: Environment,
): (stacks: readonly Synthesized[], folder: string) => Promise<{ readonly cloud: EmulatedCloud; readonly vcenter: Vcenter }> {
  const world = worldFor(placement);
  const program = findVcenter(env);
  const python = findMoto(env);
  return async (stacks, folder) => {
    const vcenter = await startVcenter(program, world, folder);
    const store = await startStore(python, placement, folder).catch(async (reason: unknown) => {
      await vcenter.stop();
      throw reason;
    });
    const cloud: EmulatedCloud = {
      providers: {
        aws: awsOnLoopback(store.endpoint, placement.store.region),
        vsphere: () => ({ vsphere_server: vcenter.server, user: "emulated", password: "emulated", allow_unverified_ssl: true }),
      },
      environment: {
        ...awsEnvironment(store.endpoint),
        ...variablesOf(stacks),
        TF_CLI_ARGS_plan: oneByOne,
        TF_CLI_ARGS_apply: oneByOne,
      },
      inventory: async () => ({ ...(await vcenter.inventory()), ...(await store.inventory()) }),
      faults: (cycled, lines) => faults(cycled, lines, vcenter, placement.datacenter),
      tracebacks: () => [...panicsIn(vcenter.log()), ...store.tracebacks()],
      async stop() {
        await Promise.all([vcenter.stop(), store.stop()]);
      },
    };
    return { cloud, vcenter };
  };
}

async function startStore(python: string, { store }: VspherePlacement, folder: string): Promise<Moto> {
  const moto = await startMoto(python, { account: "111122223333", region: store.region, images: [], zones: [] }, folder);
  const credentials = { accessKeyId: "emulated", secretAccessKey: "emulated" };
  const client = new S3Client({ endpoint: moto.endpoint, region: store.region, forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: store.bucket }));
  return moto;
}

/** What a person gives Terraform by hand. */
function variablesOf(stacks: readonly Synthesized[]): Record<string, string> {
  const names = stacks.flatMap(({ variable = {} }) => Object.keys(variable));
  return Object.fromEntries(names.map((name) => [`TF_VAR_${name}`, "emulated"]));
}

function panicsIn(log: string): string[] {
  return log.split("\n").filter((line) => /panic/i.test(line));
}
