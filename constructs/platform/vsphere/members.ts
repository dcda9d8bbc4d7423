import { names } from "../../spec/names";
import { etcdSeats, masterSeats } from "../../spec/seats";
import type { Member } from "../platform";
import type { VsphereSpec } from "./spec";

export interface PoolMachine {
  /** Construct id, which is also the address in Terraform. */
  readonly id: string;
  readonly pool: string;
  readonly zone: string;
}

/** Each pool has as many machines as its lower bound says, the zones in turn. */
export function poolMachines({ workers, placement: { zones } }: Pick<VsphereSpec, "workers" | "placement">): readonly PoolMachine[] {
  return Object.entries(workers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([pool, { min }]) =>
      zones.flatMap((zone, place) =>
        Array.from({ length: share(min, place, zones.length) }, (_, index) => ({
          id: `${names.pool(pool)}-${zone}-${index}`,
          pool,
          zone,
        })),
      ),
    );
}

/** All shares together are the whole; the first zones take what does not divide. */
function share(whole: number, place: number, zones: number): number {
  return Math.floor(whole / zones) + (place < whole % zones ? 1 : 0);
}

/** There are no groups: every machine is Terraform's. */
export function members(spec: VsphereSpec): readonly Member[] {
  const machine = (id: string): string => `vsphere_virtual_machine.${id}`;
  return [
    ...etcdSeats(spec).map(({ name }): Member => ({
      name,
      tier: "etcd",
      machine: machine(name),
      volume: `vsphere_virtual_disk.${name}-volume`,
    })),
    ...masterSeats(spec).map(({ name }): Member => ({ name, tier: "master", machine: machine(name) })),
    ...poolMachines(spec).map(({ id }): Member => ({ name: id, tier: "worker", machine: machine(id) })),
  ];
}
