import type { Synthesized } from "../terraform/synthesized";

/** A provider that a stack is made for. */
export interface RequiredProvider {
  /** As the stack calls it: `aws`. */
  readonly name: string;
  /** Fully qualified, so that OpenTofu reads the same mirror: `registry.terraform.io/hashicorp/aws`. */
  readonly source: string;
  readonly version?: string;
}

export const awsProvider = "registry.terraform.io/hashicorp/aws";
export const googleProvider = "registry.terraform.io/hashicorp/google";
export const vsphereProvider = "registry.terraform.io/vmware/vsphere";

export function requiredProviders(stack: Synthesized): RequiredProvider[] {
  return Object.entries(stack.terraform?.required_providers ?? {}).map(([name, { source, version }]) => ({
    name,
    source: `registry.terraform.io/${source.includes("/") ? source : `hashicorp/${source}`}`,
    ...(version === undefined ? {} : { version: version.replace(/^[=\s]+/, "") }),
  }));
}
