import { randomBytes } from "node:crypto";
import type { PlayedCloud } from "../played-cloud";
import { routed } from "../routed";
import { environment } from "./environment";
import { gcsStore } from "./store";
import { reader } from "./synthesized";
import { plug } from "./volumes";

export const google: PlayedCloud = {
  name: "google",
  production: "prod-google",
  environment,
  reader,
  plug,
  wires: routed,
  filters: true,
  store: gcsStore,
  apiHost: () => "compute.googleapis.com",
  apiNames: () => [],
  born: () => ({ id: String(randomBytes(8).readBigUInt64BE() % 10n ** 19n), furnish: () => undefined }),
  ignition: "gcp",
  byHand: () => ({}),
  onRecord: false,
  scenarios: [],
  standIns: [
    "Debian's cloud-init stands in for Ubuntu's, and reads user-data from a file",
    "the load balancer opens connections of its own, where Google's passes packets through",
  ],
};
