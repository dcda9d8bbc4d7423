import { randomUUID } from "node:crypto";
import { keys } from "../../agent/store/keys";
import { vspherePlacement } from "../../constructs/spec/placement-vsphere";
import { vcenterAccount } from "../../constructs/spec/store";
import type { PlayedCloud } from "../played-cloud";
import { segment } from "../segment";
import { s3Store } from "../store/s3-store";
import { account } from "./account";
import { environment } from "./environment";
import { furnish } from "./guestinfo";
import { apiAddress } from "./api-address";
import { reader } from "./synthesized";
import { plug } from "./volumes";

export const vsphere: PlayedCloud = {
  name: "vsphere",
  production: "onprem-vsphere",
  environment,
  reader,
  plug,
  wires: segment,
  filters: false,
  store: s3Store,
  apiHost: ({ placement }) => vspherePlacement.parse(placement).server,
  apiNames: ({ placement }) => [vspherePlacement.parse(placement).apiName ?? []].flat(),
  born(plan) {
    // Another one for every clone.
    const uuid = randomUUID();
    return { id: `${plan.hostname}.${uuid}`, furnish: (root) => furnish(root, plan.values, uuid) };
  },
  // The real one asks the hypervisor by an instruction that only its processors know.
  ignition: "file",
  byHand: ({ placement }) => ({
    [keys.vcenterAccount]: JSON.stringify(vcenterAccount.parse({ server: vspherePlacement.parse(placement).server, ...account })),
  }),
  onRecord: false,
  scenarios: [apiAddress],
  standIns: [
    "a machine that is gone is made anew at once by the lab, as the reconcile run does it",
    "a shell script stands in for VMware's tools, a file for the serial number, and the lab for the vCenter's REST API",
    "pods of two nodes talk by interfaces of their own, around the machines' firewalls, as through a tunnel",
  ],
};
