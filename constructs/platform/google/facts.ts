import type { MachineSize } from "../../spec/cluster-spec";
import type { Architecture } from "../../spec/versions";
import { fitting } from "../machine-types";
import type { PlatformFacts, RepairFact } from "../platform";
import { repairByAgents } from "../repair";
import { check } from "./check";
import { googleTypes } from "./machine-types";
import { members } from "./members";
import { node } from "./node";
import type { GoogleSpec } from "./spec";

function machineType(size: MachineSize, architecture: Architecture): string {
  if (typeof size === "string") return size;
  const fits = fitting(googleTypes.picked, size, architecture);
  // readEnvironment() has refused it.
  if (!fits) throw new Error(`no machine type has ${size.cpus} vCPUs and ${size.memoryGiB} GiB on ${architecture}`);
  return fits.name;
}

const repair: readonly RepairFact[] = [
  {
    fault: "a machine of the control plane stops, is deleted, or loses its host",
    owner: "the managed instance group of its seat",
    how: "makes the same machine anew in the same zone, with the name, the address and the disk of the seat",
  },
  {
    fault: "a worker stops, is deleted, or loses its host",
    owner: "the managed instance group of its pool in its zone",
    how: "makes it anew in the same zone",
  },
  {
    fault: "a machine's agent is silent: a kernel that is dead with its watchdog",
    owner: "the managed instance group",
    how: "makes the machine anew after ten silences; seats of a tier and zones of a pool wait for different times, so that a false signal meets one at a time",
  },
  ...repairByAgents,
];

export const googleFacts: PlatformFacts<GoogleSpec> = { check, machineType, node, repair, members };
