import { etcdSeats } from "../../spec/seats";
import type { Member } from "../platform";
import type { AwsSpec } from "./spec";

/** Groups make machines. */
export function members(spec: AwsSpec): readonly Member[] {
  return etcdSeats(spec).map(({ name }) => ({ name, tier: "etcd", volume: `aws_ebs_volume.${name}-volume` }));
}
