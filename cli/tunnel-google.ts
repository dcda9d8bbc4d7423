import type { ClusterSpec } from "../constructs/spec/cluster-spec";
import { names } from "../constructs/spec/names";
import type { GooglePlacement } from "../constructs/spec/placement-google";
import { port } from "../constructs/spec/ports";
import { masterSeats } from "../constructs/spec/seats";
import type { Tunnel } from "./tunnel";

const needs = [{ program: "gcloud", from: "https://cloud.google.com/sdk/docs/install" }];

/**
 * Identity-Aware Proxy to the API server of a master: it reaches a machine's own address, so it ends there and not at the
 * API proxy, and with that API server. A machine has the name of its seat, so nobody is asked which one runs.
 * @throws Error when no master has the name
 */
export function googleTunnel(spec: ClusterSpec, { project }: GooglePlacement, localPort: number, through?: string): Tunnel {
  const seats = masterSeats(spec);
  const seat = through === undefined ? seats[0] : seats.find(({ name }) => name === through);
  if (!seat) throw new Error(`${spec.name} has no master ${through ?? ""}: ${seats.map(({ name }) => name).join(", ")}`);
  const instance = names.of(spec, seat.name);
  // https://cloud.google.com/sdk/gcloud/reference/compute/start-iap-tunnel
  const command = [
    ...["gcloud", "compute", "start-iap-tunnel", instance, String(port.api)],
    ...[`--local-host-port=localhost:${localPort}`, `--zone=${seat.zone}`, `--project=${project}`],
  ];
  return { command, needs, through: `${seat.name} (${instance})` };
}
