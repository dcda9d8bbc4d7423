import { join } from "node:path";
import { bootDeadlineMinutes } from "../../constructs/node/first-boot";
import { byCloud } from "../../constructs/spec/by-cloud";
import type { VspherePlacement } from "../../constructs/spec/placement-vsphere";
import { platformOf } from "../../stacks/platforms";
import type { Environment } from "../../terraform/find-program";
import { findTerraform } from "../../terraform/find-terraform";
import { readSynthesized } from "../../terraform/synthesized";
import { TerraformRun } from "../../terraform/terraform";
import type { Cluster } from "../cluster";
import { staleSeconds } from "../status-state";
import type { Inventory } from "./inventory";
import { vsphereInventory } from "./inventory-vsphere";
import { StackProvisioner } from "./provisioner";
import type { Run } from "./run";
import type { Shelf } from "./shelf";
import { awsShelf } from "./shelf-aws";
import { googleShelf } from "./shelf-google";
import { vsphereShelf } from "./shelf-vsphere";
import { ownEc2 } from "../tunnel-aws";

/** A silent machine starts again by itself at its boot deadline, and has another one then. Only after that another machine is made. */
const bootDeadlines = 2;

export interface RunInput {
  /** Folder of the synthesis that was applied last: `cdktf.out`. */
  readonly folder: string;
  readonly dryRun: boolean;
  readonly env: Environment;
}

/** @throws Error when Terraform or an account is missing */
export function openRun(cluster: Cluster, { folder, dryRun, env }: RunInput): Run & { readonly terraform: StackProvisioner } {
  const stackDir = join(folder, "stacks", cluster.environment);
  const { spec, objects, times } = cluster;
  const run = new TerraformRun(findTerraform(env).program, stackDir, { ...env, TF_IN_AUTOMATION: "1", TF_INPUT: "0" });
  const terraform = new StackProvisioner(run);
  const inventory = byCloud<Inventory | undefined>(spec.placement, {
    aws: () => undefined,
    google: () => undefined,
    vsphere: (placement) => vsphereInventory(loginOf(placement, env)),
  });
  return {
    members: platformOf(spec.placement).facts.members(spec),
    objects,
    times,
    dryRun,
    terraform,
    stack: readSynthesized(stackDir),
    staleSeconds: staleSeconds(cluster),
    state: () => terraform.state(),
    deadlines: { silent: bootDeadlines * bootDeadlineMinutes * 60 * spec.repair.timerFactor },
    ...(inventory && { inventory }),
    shelf: byCloud<Shelf>(spec.placement, {
      aws: ({ region }) => awsShelf(ownEc2(region)),
      google: () => googleShelf(),
      vsphere: () => vsphereShelf,
    }),
  };
}

/** As Terraform logs in, so that both see the same machines. */
function loginOf({ server }: VspherePlacement, env: Environment) {
  const { TF_VAR_vsphere_user: user, TF_VAR_vsphere_password: password } = env;
  if (!user || !password)
    throw new Error("TF_VAR_vsphere_user and TF_VAR_vsphere_password are not set: the run asks the vCenter as Terraform does");
  // As the provider and govc know it, for a vCenter that is reached by another name from here.
  return { url: `https://${env["VSPHERE_SERVER"] ?? server}`, user, password };
}
