import type { TerraformStack } from "cdktf";
import type { NodePlatform } from "../node/platform";
import type { ClusterSpec, MachineSize } from "../spec/cluster-spec";
import type { Problem } from "../spec/problems";
import type { Role } from "../spec/roles";
import type { Architecture } from "../spec/versions";

/** Who brings back what, in a sentence each; printed by `npm run synth`. */
export interface RepairFact {
  readonly fault: string;
  readonly owner: string;
  readonly how: string;
}

/** What nobody but Terraform makes anew, by its addresses there. Where groups make machines, a seat has its volume alone. */
export interface Member {
  /** The seat, or `workers-general-rack-a-0`. */
  readonly name: string;
  readonly tier: Role;
  readonly machine?: string;
  readonly volume?: string;
  /** The argument that names the volume, where a name can be taken: the next volume of the seat has another one. */
  readonly volumeName?: string;
  /** What gives the volume to the seat's machines, where that is no machine of Terraform's. */
  readonly attachment?: string;
}

/** What a cloud is like, as data and plain functions: no construct is made here. */
export interface PlatformFacts<Spec extends ClusterSpec = ClusterSpec> {
  /** Rules that only this cloud has: zones of a region, machine types, limits. */
  check(spec: Spec): readonly Problem[];
  /** The smallest machine type that fits a size. Types given by name are taken as they are. */
  machineType(size: MachineSize, architecture: Architecture): string;
  /** What the software on a machine must know of its cloud. */
  node(spec: Spec): NodePlatform;
  readonly repair: readonly RepairFact[];
  /** What the reconcile run looks after, in the order of its repairs. */
  members(spec: Spec): readonly Member[];
}

/**
 * What a cloud builds. Each tier takes the tier before it as a value: the types allow no other order.
 *
 * | rule | mandatory |
 * |---|---|
 * | A tier builds only from what it is given: no `process.env`, no reaching into another tier | yes |
 * | A machine that boots later from the same user-data becomes a full member: no provisioner, no SSH, no local-exec | yes |
 * | User-data and template of a seat or pool change only for machine image, size or loader | yes |
 * | Every machine belongs to a group that replaces it; a seat is a group of one | yes |
 * | Firewall rules come from `flows(spec)` and nothing else | yes |
 * | Names and construct ids do not change between versions | yes |
 * | Pools spread over all zones | yes, with 2 or more zones |
 *
 * Every resource is a direct child of its stack, so that its address is its type and its id: an address is a contract.
 */
export interface PlatformBuilder<Spec extends ClusterSpec = ClusterSpec> {
  network(stack: TerraformStack, spec: Spec, options: BuildOptions): Network;
  /** The objects that the add-on stack of a cluster puts into its store, by key. */
  storeObjects(stack: TerraformStack, spec: Spec, objects: Readonly<Record<string, string>>): void;
}

export interface BuildOptions {
  /** Whether what holds data refuses to be destroyed. */
  readonly protect: boolean;
  /** SHA-256 of the agent's bundle, which lies beside the stack's own file as `agentFile`. */
  readonly agent: string;
}

/** Key of the object that says what was applied last, and what Terraform writes there: the digest of its own stack. */
export const appliedKey = "applied";
export const appliedText = '${jsonencode({ sha256 = filesha256("${path.module}/cdk.tf.json") })}';

/** Body of the object `desired/agent`, in the folder of a cluster's stack. */
export const agentFile = "agent.json";

export interface Network {
  etcdTier(): EtcdTier;
}
export interface EtcdTier {
  masterTier(): MasterTier;
}
export interface MasterTier {
  workerTier(): WorkerTier;
}
/** What people and other stacks need of the finished cluster; becomes the stack's outputs. */
export interface WorkerTier {
  readonly outputs: Readonly<Record<string, { readonly value: string; readonly description: string }>>;
}
