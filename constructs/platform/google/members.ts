import { etcdSeats } from "../../spec/seats";
import type { Member } from "../platform";
import type { GoogleSpec } from "./spec";

/** Groups make machines. */
export function members(spec: GoogleSpec): readonly Member[] {
  return etcdSeats(spec).map(({ name }) => ({
    name,
    tier: "etcd",
    volume: `google_compute_disk.${name}-volume`,
    volumeName: "name",
    attachment: `google_compute_per_instance_config.${name}-seat`,
  }));
}
