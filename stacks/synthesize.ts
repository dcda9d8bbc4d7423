import "./creation-stack";
import { App, TerraformResource, type TerraformStack } from "cdktf";
import { join } from "path";
import type { Placement } from "../constructs/spec/cluster-spec";
import type { CompleteEnvironment } from "../constructs/spec/environment";
import { InvalidEnvironment } from "../constructs/spec/problems";
import { readEnvironment } from "../constructs/spec/read-environment";
import { AddonsStack } from "./addons-stack";
import { agentBundle, writeAgent } from "./agent-bundle";
import { ClusterStack } from "./cluster-stack";
import { environmentNames, loadEnvironment } from "./environments";
import { platformOf } from "./platforms";

export interface SynthesizedStack {
  /** `prod-aws`, `prod-aws-addons` */
  readonly name: string;
  readonly environment: string;
  readonly kind: "cluster" | "addons";
  /** Folder that holds its `cdk.tf.json`. */
  readonly dir: string;
  readonly placement: Placement;
  /** How many resources Terraform will keep; data sources and outputs are not counted. */
  readonly resources: number;
}

/**
 * Every environment of the folder, checked.
 * @throws InvalidEnvironment with the problems of all of them
 */
export function readEnvironments(only: readonly string[] = environmentNames()): Readonly<Record<string, CompleteEnvironment>> {
  const read: Record<string, CompleteEnvironment> = {};
  const refused: InvalidEnvironment[] = [];
  for (const name of only) {
    try {
      read[name] = readChecked(name, loadEnvironment(name));
    } catch (error) {
      if (!(error instanceof InvalidEnvironment)) throw error;
      refused.push(error);
    }
  }
  if (refused.length > 0)
    throw refused.length === 1 ? refused[0] : new AggregateError(refused, refused.map((one) => one.message).join("\n"));
  return read;
}

/** One environment with its defaults, checked by all rules and by those of its cloud. */
export function readChecked(name: string, input: unknown): CompleteEnvironment {
  return readEnvironment(name, input, (spec) => platformOf(spec.placement).facts.check(spec));
}

/**
 * The stacks of one environment. An environment's file name is its stack's name, and so part of where its state is.
 * @param agent digest of the agent's bundle
 */
export function addStacks(
  app: App,
  name: string,
  environment: CompleteEnvironment,
  agent: string,
): Record<SynthesizedStack["kind"], TerraformStack> {
  const cluster = new ClusterStack(app, name, environment, agent);
  const addons = new AddonsStack(app, `${name}-addons`, environment);
  addons.addDependency(cluster);
  return { cluster, addons };
}

export interface SynthOptions {
  /** Environments by name. @default all of them */
  readonly only?: readonly string[];
  /** Overrides what the environments say of themselves; for trying things out. */
  readonly protect?: boolean;
}

/** Reads, checks and writes environments. @throws InvalidEnvironment, and then nothing is written */
export function synthesize(outdir: string, { only, protect }: SynthOptions = {}): SynthesizedStack[] {
  const environments = Object.entries(readEnvironments(only));
  return writeStacks(
    outdir,
    Object.fromEntries(environments.map(([name, environment]) => [name, { ...environment, protect: protect ?? environment.protect }])),
  );
}

/** Writes the Terraform of environments into a folder, by the layout of cdktf. */
export function writeStacks(outdir: string, environments: Readonly<Record<string, CompleteEnvironment>>): SynthesizedStack[] {
  const app = new App({ outdir });
  const agent = agentBundle();
  const stacks = Object.entries(environments).flatMap(([environment, complete]) => {
    const made = addStacks(app, environment, complete, agent.sha256);
    const { placement } = complete.cluster;
    return (["cluster", "addons"] as const).map((kind) => {
      const stack = made[kind];
      const resources = stack.node.children.filter((child) => TerraformResource.isTerraformResource(child)).length;
      return { name: stack.node.id, environment, kind, dir: join(outdir, "stacks", stack.node.id), placement, resources };
    });
  });
  app.synth();
  stacks.filter(({ kind }) => kind === "cluster").forEach(({ dir }) => writeAgent(dir, agent));
  return stacks;
}
