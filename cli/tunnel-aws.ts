import { elementsAt, textAt } from "../agent/cloud/xml";
import { ec2At, filters, type Ec2 } from "../agent/cloud/ec2";
import { domainOf } from "../constructs/platform/aws/partition";
import type { ClusterSpec } from "../constructs/spec/cluster-spec";
import type { AwsPlacement } from "../constructs/spec/placement-aws";
import { clusterTag, seatTag } from "../constructs/spec/tag-names";
import { port } from "../constructs/spec/ports";
import { masterSeats } from "../constructs/spec/seats";
import { ownCredentials } from "./store-s3";
import type { Tunnel } from "./tunnel";

const needs = [
  { program: "aws", from: "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html" },
  {
    program: "session-manager-plugin",
    from: "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html",
  },
];

/**
 * Session Manager to the API proxy of a master: that one knows which API server is ready, so the session outlives every
 * API server but needs its machine, and no firewall has to let anybody in.
 * @throws Error when no master runs, or EC2 does not say
 */
export async function awsTunnel(spec: ClusterSpec, { region }: AwsPlacement, localPort: number, through?: string): Promise<Tunnel> {
  const { seat, instance } = await runningMaster(spec, region, through);
  const parameters = { portNumber: [String(port.apiProxy)], localPortNumber: [String(localPort)] };
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html
  const command = [
    ...["aws", "ssm", "start-session", "--region", region, "--target", instance],
    ...["--document-name", "AWS-StartPortForwardingSession", "--parameters", JSON.stringify(parameters)],
  ];
  return { command, needs, through: `${seat} (${instance})` };
}

async function runningMaster(spec: ClusterSpec, region: string, through: string | undefined): Promise<{ seat: string; instance: string }> {
  const seats = masterSeats(spec).map(({ name }) => name);
  if (through !== undefined && !seats.includes(through)) throw new Error(`${spec.name} has no master ${through}: ${seats.join(", ")}`);
  const wanted = through === undefined ? seats : [through];
  const filter = { [`tag:${clusterTag}`]: [spec.name], [`tag:${seatTag}`]: wanted, "instance-state-name": ["running"] };
  const described = await ownEc2(region)("DescribeInstances", filters(filter));
  if (described.kind === "unknown") throw new Error(`EC2 does not say which masters run: ${described.reason}`);
  const running = elementsAt(described.value, "reservationSet/item/instancesSet/item").map((item) => {
    const tag = elementsAt(item, "tagSet/item").find((one) => textAt(one, "key") === seatTag);
    return { seat: tag === undefined ? "" : textAt(tag, "value"), instance: textAt(item, "instanceId") };
  });
  const [first] = running.sort((a, b) => (a.seat < b.seat ? -1 : 1));
  if (first) return first;
  throw new Error(`no machine of ${wanted.join(", ")} runs in ${region}; their groups bring one, if they can`);
}

/** EC2 as the caller. */
export function ownEc2(region: string): Ec2 {
  const elsewhere = process.env["AWS_ENDPOINT_URL_EC2"] ?? process.env["AWS_ENDPOINT_URL"];
  return ec2At(elsewhere ?? `https://ec2.${region}.${domainOf(region)}`, region, ownCredentials(region));
}
