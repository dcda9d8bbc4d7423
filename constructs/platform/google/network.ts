import { names } from "../../spec/names";
import type { Context } from "./context";
import { newVpc } from "./vpc";

/** Subnets of one zone, by what lives in them; a subnet serves a region, and here one zone each. */
export interface ZoneSubnets {
  readonly name: string;
  readonly seats: string;
  readonly workers: string;
}

export interface NetworkIds {
  readonly vpc: string;
  /** The project that firewall rules are made in. */
  readonly project: string;
  readonly zones: readonly ZoneSubnets[];
}

/** The network that an environment asks for: an existing one as it is, or a new one. */
export function networkOf(context: Context): NetworkIds {
  const { placement, spec } = context;
  const wanted = placement.network;
  if (wanted === undefined || !("vpc" in wanted)) return newVpc(context, wanted);
  const project = wanted.host ?? placement.project;
  const subnet = (id: string): string => `projects/${project}/regions/${placement.region}/subnetworks/${id}`;
  const zones = placement.zones.map((name) => {
    const subnets = wanted.subnets[name];
    if (!subnets) throw new Error(`${names.of(spec, name)} has no subnets; readEnvironment() would have said so`);
    return { name, seats: subnet(subnets.seats.id), workers: subnet(subnets.workers.id) };
  });
  return { vpc: `projects/${project}/global/networks/${wanted.vpc}`, project, zones };
}
