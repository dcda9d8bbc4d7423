import { sharedAddress } from "../constructs/platform/vsphere/node";
import type { ClusterSpec } from "../constructs/spec/cluster-spec";
import type { VspherePlacement } from "../constructs/spec/placement-vsphere";
import { port } from "../constructs/spec/ports";
import { masterSeats } from "../constructs/spec/seats";
import type { Direct } from "./tunnel";

/**
 * No vCenter forwards ports: the API is reached at its address, or a master at its own, from a network that `access.from` names.
 * @throws Error when no master has the name
 */
export function vsphereWay(spec: ClusterSpec, placement: VspherePlacement, through?: string): Direct {
  if (through === undefined)
    return { server: `https://${sharedAddress({ placement })}:${port.api}`, through: "the address that the masters share" };
  const seat = masterSeats(spec).find(({ name }) => name === through);
  if (!seat)
    throw new Error(
      `${spec.name} has no master ${through}: ${masterSeats(spec)
        .map(({ name }) => name)
        .join(", ")}`,
    );
  return { server: `https://${seat.address}:${port.api}`, through: seat.name };
}
