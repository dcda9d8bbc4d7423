import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { names } from "../../spec/names";
import type { Context } from "./context";

/** A seat that stays empty is a fault that its group cannot mend: no capacity, an interface in use, a broken image. */
export function seatAlarm(context: Context, seat: string, group: string): void {
  alarm(context, `${seat}-empty`, {
    alarmDescription: `Seat ${seat} of ${context.spec.name} has had no running machine for 15 minutes`,
    namespace: "AWS/AutoScaling",
    metricName: "GroupInServiceInstances",
    dimensions: { AutoScalingGroupName: group },
    evaluationPeriods: 15,
  });
}

/** No API server answers `/readyz`: nobody can use the cluster, whatever its machines say. */
export function apiAlarm(context: Context, loadBalancer: string, targetGroup: string): void {
  alarm(context, "api-down", {
    alarmDescription: `No API server of ${context.spec.name} answers /readyz`,
    namespace: "AWS/NetworkELB",
    metricName: "HealthyHostCount",
    dimensions: { LoadBalancer: loadBalancer, TargetGroup: targetGroup },
    evaluationPeriods: 3,
  });
}

interface LessThanOne {
  readonly alarmDescription: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Record<string, string>;
  /** Minutes. */
  readonly evaluationPeriods: number;
}

function alarm({ stack, spec, placement }: Context, id: string, what: LessThanOne): void {
  if (placement.alarms === undefined) return;
  const actions = [placement.alarms.topic];
  new CloudwatchMetricAlarm(stack, id, {
    alarmName: names.of(spec, id),
    ...what,
    statistic: "Maximum",
    period: 60,
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    // A group or target group that reports nothing has nothing.
    treatMissingData: "breaching",
    alarmActions: actions,
    okActions: actions,
  });
}
