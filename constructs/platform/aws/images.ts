import type { Architecture, OperatingSystem } from "../../spec/versions";
import type { AwsSpec } from "./spec";

/** Flatcar stable, https://www.flatcar.org/releases; images older than about a year are deleted, so it moves with every release. */
const flatcarVersion = "4593.2.5";

/** Owner and form of the name: https://www.flatcar.org/docs/latest/installing/cloud/aws-ec2/, in the partition `aws` only. */
const flatcar = {
  os: "flatcar",
  owner: "075585003325",
  names: { amd64: `Flatcar-stable-${flatcarVersion}-hvm`, arm64: `Flatcar-stable-${flatcarVersion}-arm64-hvm` },
} as const;

export interface MachineImage {
  readonly os: OperatingSystem;
  /** Exact; the form of Flatcar's names fits both architectures, so a look-up filters by architecture too. */
  readonly name: string;
  /** The account that published it. */
  readonly owner: string;
}

/**
 * What the machines of an architecture boot.
 * @throws Error when the environment brings images of its own and none for this architecture
 */
export function imageOf(spec: AwsSpec, architecture: Architecture): MachineImage {
  const image = spec.placement.image ?? flatcar;
  const name = image.names[architecture];
  if (name === undefined) throw new Error(`placement.image names no image for ${architecture}; readEnvironment() would have said so`);
  return { os: image.os, name, owner: image.owner };
}

/** The operating system of all machines. */
export function operatingSystem({ placement }: AwsSpec): OperatingSystem {
  return (placement.image ?? flatcar).os;
}
