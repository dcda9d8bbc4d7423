import type { ClusterSpec } from "../spec/cluster-spec";
import type { OperatingSystem } from "../spec/versions";
import { cloudConfig } from "./cloud-config";
import { firstBoot, type FirstBoot, type Machine } from "./first-boot";
import { ignition } from "./ignition";
import type { NodePlatform } from "./platform";

/** What each operating system reads at its first boot. */
const formats: Readonly<Record<OperatingSystem, (machine: FirstBoot) => string>> = {
  flatcar: ignition,
  debian: cloudConfig,
  ubuntu: cloudConfig,
};

/**
 * Bytes that user-data may have. Clouds take 16 KiB; a quarter stays free, so that a later loader fits wherever this one does.
 */
export const userDataLimit = 12 * 1024;

/**
 * What a machine is started with: complete, free of secrets, and the same for every machine of a seat or a pool.
 * @throws Error on more bytes than `userDataLimit`
 */
export function userData(spec: ClusterSpec, machine: Machine, platform: NodePlatform): string {
  const text = rendered(spec, machine, platform);
  const bytes = Buffer.byteLength(text);
  if (bytes <= userDataLimit) return text;
  throw new Error(
    `user-data of ${machine.name} has ${bytes} bytes, and ${userDataLimit} are allowed; readEnvironment() would have said so`,
  );
}

/** How large it would be, whether it may be so or not. */
export function userDataBytes(spec: ClusterSpec, machine: Machine, platform: NodePlatform): number {
  return Buffer.byteLength(rendered(spec, machine, platform));
}

function rendered(spec: ClusterSpec, machine: Machine, platform: NodePlatform): string {
  return formats[platform.os](firstBoot(spec, machine, platform));
}
