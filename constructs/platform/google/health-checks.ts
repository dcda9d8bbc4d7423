import { ComputeHealthCheck } from "@cdktf/provider-google/lib/compute-health-check";
import { names } from "../../spec/names";
import { port } from "../../spec/ports";
import type { Role } from "../../spec/roles";
import type { Context } from "./context";

/**
 * Seconds between two looks at a machine, by its seat or its pool's zone. All differ within a tier, so that a signal that
 * is false for all of them is believed of one machine at a time: ten silences take 10 minutes for the first seat of etcd
 * and 20 for the second. 300 is the most that Google takes.
 * @see https://cloud.google.com/compute/docs/reference/rest/v1/healthChecks
 */
const intervals: Readonly<Record<Role, readonly number[]>> = {
  etcd: [60, 120, 180, 240, 300],
  master: [90, 150, 210, 270, 285],
  worker: [75, 135, 195, 255],
};
/** The most that Google takes. */
const silences = 10;

/** Longer than a machine ever takes to come up; the first answer ends it. 3600 is the most that Google takes. */
const initialDelaySec = 1800;

/**
 * The last resort for a kernel that is dead with its watchdog: "would replacing this machine help?", as its agent answers.
 * Machines that stop or are deleted are replaced without it.
 * @param place of the seat in its tier, or of the zone among the zones
 */
export function autohealing({ stack, spec }: Context, group: string, role: Role, place: number) {
  const check = new ComputeHealthCheck(stack, `${group}-health`, {
    name: names.of(spec, group),
    description: `whether the agent of ${names.of(spec, group)} answers`,
    checkIntervalSec: intervals[role][place] ?? 0,
    timeoutSec: 10,
    healthyThreshold: 1,
    unhealthyThreshold: silences,
    httpHealthCheck: { port: port.agentHealth, requestPath: "/livez" },
  });
  return { healthCheck: check.id, initialDelaySec };
}
