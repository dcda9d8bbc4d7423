import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { VspherePlacement } from "../../constructs/spec/placement-vsphere";
import { awsEnvironment, awsOnLoopback } from "../aws/loopback";
import { findMoto, startMoto, type Moto } from "../aws/moto";
import type { EmulatedCloud, Emulation } from "../cloud";
import type { Environment } from "../../terraform/find-program";
import { faults } from "./faults";
import { vsphereEnvironment, vsphereOnLoopback } from "./loopback";
import { findVcenter, startVcenter } from "./vcenter";
import { worldFor } from "./world";

const notProven = `Not proven by a simulator: that a vCenter accepts and normalizes every argument as govmomi's does, HA and VM Monitoring, the
locks of disks, guest tools, rights, and that a machine boots. Machines that are off are not Terraform's business: the last
plan is empty with one that was switched off.`;

/** A vCenter by govmomi's simulator, and the store that somebody brings by moto. @throws CannotRun */
export function emulatedVsphere(placement: VspherePlacement, env: Environment): Emulation {
  const world = worldFor(placement);
  const program = findVcenter(env);
  const python = findMoto(env);
  return {
    notProven,
    async start(stacks, folder): Promise<EmulatedCloud> {
      const vcenter = await startVcenter(program, world, folder);
      const store = await startStore(python, placement, folder).catch(async (reason: unknown) => {
        await vcenter.stop();
        throw reason;
      });
      return {
        providers: {
          aws: awsOnLoopback(store.endpoint, placement.store.region),
          vsphere: vsphereOnLoopback(vcenter),
        },
        environment: {
          ...awsEnvironment(store.endpoint),
          ...vsphereEnvironment(stacks),
        },
        inventory: async () => ({ ...(await vcenter.inventory()), ...(await store.inventory()) }),
        faults: (cycled, lines) => faults(cycled, lines, vcenter, placement.datacenter),
        tracebacks: () => [...panicsIn(vcenter.log()), ...store.tracebacks()],
        async stop() {
          await Promise.all([vcenter.stop(), store.stop()]);
        },
      };
    },
  };
}

async function startStore(python: string, { store }: VspherePlacement, folder: string): Promise<Moto> {
  const moto = await startMoto(python, { account: "111122223333", region: store.region, images: [], zones: [] }, folder);
  const credentials = { accessKeyId: "emulated", secretAccessKey: "emulated" };
  const client = new S3Client({ endpoint: moto.endpoint, region: store.region, forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: store.bucket }));
  return moto;
}

function panicsIn(log: string): string[] {
  return log.split("\n").filter((line) => /panic/i.test(line));
}
