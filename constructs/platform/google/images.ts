import type { Architecture, OperatingSystem } from "../../spec/versions";
import type { GoogleSpec } from "./spec";

/** As `gcloud compute images list` showed it in April 2026; Canonical takes old ones away, so it moves with every release. */
const ubuntuBuild = "v20260422";

/**
 * Ubuntu, not Flatcar as elsewhere: Google's images of Flatcar have no arm64 (github.com/flatcar/Flatcar/issues/2000) and
 * no boot chain that Secure Boot takes (github.com/flatcar/Flatcar/issues/501).
 */
const ubuntu = {
  os: "ubuntu",
  names: { amd64: `ubuntu-2404-noble-amd64-${ubuntuBuild}`, arm64: `ubuntu-2404-noble-arm64-${ubuntuBuild}` },
  project: "ubuntu-os-cloud",
} as const;

/**
 * What the machines of an architecture boot, by its exact place.
 * @throws Error when the environment brings images of its own and none for this architecture
 */
export function imageOf({ placement }: GoogleSpec, architecture: Architecture): string {
  const image = placement.image ?? ubuntu;
  const name = image.names[architecture];
  if (name === undefined) throw new Error(`placement.image names no image for ${architecture}; readEnvironment() would have said so`);
  return `projects/${image.project}/global/images/${name}`;
}

/** The operating system of all machines. */
export function operatingSystem({ placement }: GoogleSpec): OperatingSystem {
  return (placement.image ?? ubuntu).os;
}

/** Whether the boot chain of a system is signed for machines with the usual keys. */
export const secureBoot: Readonly<Record<OperatingSystem, boolean>> = { ubuntu: true, debian: true, flatcar: false };
