import { MonitoringAlertPolicy } from "@cdktf/provider-google/lib/monitoring-alert-policy";
import { names } from "../../spec/names";
import type { Context } from "./context";

/**
 * A seat that stays empty is a fault that its group cannot mend: no capacity, a disk in use, a broken image.
 * @see https://cloud.google.com/monitoring/api/metrics_gcp_c
 */
export function seatAlarm({ stack, spec, placement }: Context, seat: string): void {
  if (placement.alarms === undefined) return;
  const group = names.of(spec, seat);
  const says = `Seat ${seat} of ${spec.name} has had no machine for 15 minutes`;
  new MonitoringAlertPolicy(stack, `${seat}-empty`, {
    displayName: says,
    combiner: "OR",
    notificationChannels: [placement.alarms.channel],
    conditions: [
      {
        displayName: says,
        conditionThreshold: {
          filter: `resource.type = "instance_group" AND metric.type = "compute.googleapis.com/instance_group/size" AND resource.labels.instance_group_name = "${group}"`,
          comparison: "COMPARISON_LT",
          thresholdValue: 1,
          duration: "900s",
          aggregations: [{ alignmentPeriod: "60s", perSeriesAligner: "ALIGN_MAX" }],
          // A group that reports nothing has nothing.
          evaluationMissingData: "EVALUATION_MISSING_DATA_ACTIVE",
        },
      },
    ],
  });
}
