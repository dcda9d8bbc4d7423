import type { MachineSize } from "../../spec/cluster-spec";
import type { PlatformFacts, RepairFact } from "../platform";
import { repairByAgents } from "../repair";
import { check } from "./check";
import { members } from "./members";
import { node } from "./node";
import type { VsphereSpec } from "./spec";

/** There are no machine types: a machine has the processors and the memory that it is given. */
function machineType(size: MachineSize): string {
  const { cpus, memoryGiB } = given(size);
  return `${cpus} vCPUs and ${memoryGiB} GiB`;
}

/** @throws Error on a machine type; readEnvironment() has refused it */
export function given(size: MachineSize): Exclude<MachineSize, string> {
  if (typeof size === "string") throw new Error(`${size} is a machine type, and vSphere has none; readEnvironment() would have said so`);
  return size;
}

/** Nobody starts the next machine of one that powers itself off. */
const onRequest: Readonly<Record<string, string>> = {
  "a worker's kubelet is broken on a machine that runs": "moves its pods away and asks for another machine; the reconcile run makes it",
  "the root disk of a seat's machine takes no more writes": "asks for another machine after 15 minutes; the reconcile run makes it",
};

const repair: readonly RepairFact[] = [
  {
    fault: "a host is lost",
    owner: "vSphere HA, by the settings of the compute cluster",
    how: "starts its machines on another host, each with its disks and its address",
  },
  {
    fault: "a machine hangs together with its watchdog",
    owner: "VM Monitoring, by the settings of the compute cluster",
    how: "resets it",
  },
  {
    fault: "a machine is deleted, switched off or does not boot",
    owner: "the reconcile run",
    how: "makes or starts it anew, one of the control plane at a time, with the disk and the address of the seat",
  },
  {
    fault: "the master that has the API's address is lost",
    owner: "the other masters",
    how: "the first that is ready takes the address after two silences of a second each, and tells the segment so",
  },
  ...repairByAgents.map((row) => ({ ...row, how: onRequest[row.fault] ?? row.how })),
];

export const vsphereFacts: PlatformFacts<VsphereSpec> = { check, machineType, node, repair, members };
