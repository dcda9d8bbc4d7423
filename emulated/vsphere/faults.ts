import type { CycleStack } from "../cycle-stack";
import type { Line } from "../../measured/line";
import type { Step } from "../progress";
import type { StateResource } from "../../terraform/terraform";
import type { Vcenter } from "./vcenter";

/** What breaks in a vCenter, and what the next plan then wants: just that, and nothing at all of a machine that is off. */
export function faults([cluster]: readonly CycleStack[], _: Line[], vcenter: Vcenter, datacenter: string): Step[] {
  if (!cluster) return [];
  const path = ({ values }: StateResource) => `/${datacenter}/vm/${String(values.folder)}/${String(values.name)}`;
  return [
    cluster.mends("a machine without a volume deleted", async (state) => {
      const machine = machines(state).find((one) => volumeOf(one, state) === undefined);
      if (!machine) throw new Error("every machine has a volume of its own");
      await vcenter.harm("destroy", path(machine));
      return [machine.address];
    }),
    cluster.mends("a machine of a seat deleted together with the seat's volume", async (state) => {
      const [machine, volume] = seat(state);
      await vcenter.harm("destroy", path(machine));
      return [machine.address, volume.address];
    }),
    cluster.mends("a machine of a seat deleted, its volume detached before", async (state) => {
      const [machine] = seat(state);
      await vcenter.harm("delete", path(machine));
      return [machine.address];
    }),
    cluster.mends("a machine switched off, which Terraform does not see", async (state) => {
      await vcenter.harm("power-off", path(seat(state)[0]));
      return [];
    }),
  ];
}

const machines = (state: readonly StateResource[]): StateResource[] => state.filter(({ type }) => type === "vsphere_virtual_machine");

/** The volume that a machine of a seat waits for. */
function volumeOf({ depends_on: below = [] }: StateResource, state: readonly StateResource[]): StateResource | undefined {
  return state.find(({ type, address }) => type === "vsphere_virtual_disk" && below.includes(address));
}

function seat(state: readonly StateResource[]): readonly [StateResource, StateResource] {
  for (const machine of machines(state)) {
    const volume = volumeOf(machine, state);
    if (volume) return [machine, volume];
  }
  throw new Error("no machine has a volume of its own");
}
