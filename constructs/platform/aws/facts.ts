import type { MachineSize } from "../../spec/cluster-spec";
import type { Architecture } from "../../spec/versions";
import type { PlatformFacts, RepairFact } from "../platform";
import { repairByAgents } from "../repair";
import { check } from "./check";
import { fitting } from "../machine-types";
import { awsTypes } from "./machine-types";
import { members } from "./members";
import { node } from "./node";
import type { AwsSpec } from "./spec";

function machineType(size: MachineSize, architecture: Architecture): string {
  if (typeof size === "string") return size;
  const fits = fitting(awsTypes.picked, size, architecture);
  // readEnvironment() has refused it.
  if (!fits) throw new Error(`no machine type has ${size.cpus} vCPUs and ${size.memoryGiB} GiB on ${architecture}`);
  return fits.name;
}

const repair: readonly RepairFact[] = [
  {
    fault: "a machine of the control plane stops, is terminated, or loses its host",
    owner: "the Auto Scaling group of its seat",
    how: "starts the next one in the same zone, with the address and the volume of the seat",
  },
  {
    fault: "a worker stops, is terminated, or loses its host",
    owner: "the Auto Scaling group of its pool",
    how: "starts the next one in any zone of the cluster",
  },
  ...repairByAgents,
];

export const awsFacts: PlatformFacts<AwsSpec> = { check, machineType, node, repair, members };
