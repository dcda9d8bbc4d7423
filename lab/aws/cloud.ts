import { randomBytes } from "node:crypto";
import type { Placement } from "../../constructs/spec/cluster-spec";
import { awsPlacement } from "../../constructs/spec/placement-aws";
import { s3Store } from "../store/s3-store";
import type { PlayedCloud } from "../played-cloud";
import { routed } from "../routed";
import { environment } from "./environment";
import { reader } from "./synthesized";
import { plug } from "./volumes";

const regionOf = (placement: Placement): string => awsPlacement.parse(placement).region;

export const aws: PlayedCloud = {
  name: "aws",
  production: "prod-aws",
  environment,
  reader,
  plug,
  wires: routed,
  filters: true,
  store: s3Store,
  apiHost: ({ placement }) => `ec2.${regionOf(placement)}.amazonaws.com`,
  apiNames: ({ name, placement }) => [`${name}-api-0123456789abcdef.elb.${regionOf(placement)}.amazonaws.com`],
  born: () => ({ id: `i-${randomBytes(9).toString("hex").slice(0, 17)}`, furnish: () => undefined }),
  ignition: "aws",
  byHand: () => ({}),
  onRecord: true,
  scenarios: [],
  standIns: [],
};
