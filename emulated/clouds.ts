import { byCloud } from "../constructs/spec/by-cloud";
import type { Placement } from "../constructs/spec/cluster-spec";
import { CannotRun } from "../terraform/cannot-run";
import type { Environment } from "../terraform/find-program";
import { emulatedAws } from "./aws/cloud";
import { findBed } from "./bed";
import type { Emulation } from "./cloud";
import { plannedGoogle } from "./google/cloud";
import { awsProvider, googleProvider, vsphereProvider } from "./required-providers";
import { emulatedVsphere } from "./vsphere/cloud";

/** The cloud of a placement, as it can be started on this machine. @throws CannotRun */
export function emulationOf(placement: Placement, env: Environment): Emulation {
  return byCloud<Emulation>(placement, {
    aws: (aws) => emulatedAws(aws, env),
    google: plannedGoogle,
    vsphere: (vsphere) => emulatedVsphere(vsphere, env),
  });
}

/** What this machine lacks to try an environment of that placement; undefined when it has all. */
export function lacking(placement: Placement, env: Environment): string | undefined {
  const sources = byCloud<readonly string[]>(placement, {
    aws: () => [awsProvider],
    google: () => [googleProvider],
    vsphere: () => [vsphereProvider, awsProvider],
  });
  try {
    findBed(
      sources.map((source) => ({ source })),
      env,
    );
    emulationOf(placement, env);
    return undefined;
  } catch (reason) {
    if (reason instanceof CannotRun) return reason.message;
    throw reason;
  }
}
