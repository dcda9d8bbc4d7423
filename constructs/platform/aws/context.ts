import type { TerraformStack } from "cdktf";
import type { NodePlatform } from "../../node/platform";
import type { AwsPlacement } from "../../spec/placement-aws";
import type { BuildOptions } from "../platform";
import { partitionOf } from "./partition";
import type { AwsSpec } from "./spec";

/** What every part of the platform is given: where to build, what, and the facts that many of them need. */
export interface Context extends BuildOptions {
  readonly stack: TerraformStack;
  readonly spec: AwsSpec;
  readonly placement: AwsPlacement;
  readonly node: NodePlatform;
  readonly partition: string;
}

export function contextOf(stack: TerraformStack, spec: AwsSpec, node: NodePlatform, options: BuildOptions): Context {
  return { stack, spec, placement: spec.placement, node, partition: partitionOf(spec.placement.region), ...options };
}

/** The lifecycle of what holds data. A refused destroy has one way out: `protect: false`, apply, destroy. */
export function dataLifecycle(context: Context): { lifecycle?: { preventDestroy: true } } {
  return context.protect ? { lifecycle: { preventDestroy: true } } : {};
}
