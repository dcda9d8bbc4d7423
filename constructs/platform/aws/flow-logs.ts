import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { names } from "../../spec/names";
import type { Context } from "./context";
import type { Keys } from "./keys";

/** Who talked to whom in the network, kept for as long as the environment says. */
export function flowLogs({ stack, spec, placement, partition }: Context, vpcId: string, retentionInDays: number, keys: Keys): void {
  const log = new CloudwatchLogGroup(stack, "flow-log", { name: names.path(spec, "flows"), retentionInDays, kmsKeyId: keys.store });
  const account = { StringEquals: { "aws:SourceAccount": placement.account } };
  const writer = new IamRole(stack, "flow-log-writer", {
    name: names.of(spec, "flow-logs"),
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "vpc-flow-logs.amazonaws.com" }, Action: "sts:AssumeRole", Condition: account }],
    }),
    ...(placement.boundary === undefined ? {} : { permissionsBoundary: placement.boundary }),
  });
  const group = `arn:${partition}:logs:${placement.region}:${placement.account}:log-group:${names.path(spec, "flows")}`;
  new IamRolePolicy(stack, "flow-log-writes", {
    role: writer.name,
    name: "write",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          Resource: [group, `${group}:*`],
        },
      ],
    }),
  });
  new FlowLog(stack, "flows", {
    vpcId,
    trafficType: "ALL",
    logDestinationType: "cloud-watch-logs",
    logDestination: log.arn,
    iamRoleArn: writer.arn,
    maxAggregationInterval: 60,
    tags: { Name: names.of(spec, "flows") },
  });
}
