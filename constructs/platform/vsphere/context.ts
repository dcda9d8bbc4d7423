import type { TerraformStack } from "cdktf";
import type { NodePlatform } from "../../node/platform";
import type { VspherePlacement } from "../../spec/placement-vsphere";
import type { BuildOptions } from "../platform";
import type { VsphereSpec } from "./spec";

/** What every part of the platform is given: where to build, what, and the facts that many of them need. */
export interface Context extends BuildOptions {
  readonly stack: TerraformStack;
  readonly spec: VsphereSpec;
  readonly placement: VspherePlacement;
  readonly node: NodePlatform;
}

export function contextOf(stack: TerraformStack, spec: VsphereSpec, node: NodePlatform, options: BuildOptions): Context {
  return { stack, spec, placement: spec.placement, node, ...options };
}

/** The lifecycle of what holds data. A refused destroy has one way out: `protect: false`, apply, destroy. */
export function dataLifecycle(context: Context): { preventDestroy?: true } {
  return context.protect ? { preventDestroy: true } : {};
}
