import { byCloud } from "../constructs/spec/by-cloud";
import type { Placement } from "../constructs/spec/cluster-spec";
import { emulatedAws } from "./aws/cloud";
import { CannotRun } from "../terraform/cannot-run";
import type { Emulation } from "./cloud";
import type { Environment } from "../terraform/find-program";
import { emulatedVsphere } from "./vsphere/cloud";

/** The cloud of a placement, as it can be started on this machine. @throws CannotRun */
export function emulationOf(placement: Placement, env: Environment): Emulation {
  return byCloud<Emulation>(placement, {
    aws: (aws) => emulatedAws(aws, env),
    google: () => {
      throw new CannotRun("no emulator of Google Cloud knows instance groups", "npx jest test/emulated/google runs what is possible");
    },
    vsphere: (vsphere) => emulatedVsphere(vsphere, env),
  });
}
