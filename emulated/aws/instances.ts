import { createRequire } from "node:module";

/** The client of EC2 as far as it is used here: its own declarations are 10 MB, which is half of the whole type check. */
interface Ec2 {
  readonly EC2Client: new (options: ClientOptions) => { send(command: unknown): Promise<unknown> };
  readonly TerminateInstancesCommand: new (input: Instances) => unknown;
  readonly DescribeInstancesCommand: new (input: Instances) => unknown;
}

interface Instances {
  readonly InstanceIds: readonly string[];
}

export interface ClientOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const { EC2Client, TerminateInstancesCommand, DescribeInstancesCommand } = createRequire(__filename)("@aws-sdk/client-ec2") as Ec2;

/** The machines of an emulated account, through the EC2 API. */
export class Machines {
  private readonly client: InstanceType<Ec2["EC2Client"]>;

  constructor(options: ClientOptions) {
    this.client = new EC2Client(options);
  }

  async terminate(instance: string): Promise<void> {
    await this.client.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
  }

  async privateAddress(instance: string): Promise<string | undefined> {
    const answer = (await this.client.send(new DescribeInstancesCommand({ InstanceIds: [instance] }))) as {
      readonly Reservations?: readonly { readonly Instances?: readonly { readonly PrivateIpAddress?: string }[] }[];
    };
    return answer.Reservations?.[0]?.Instances?.[0]?.PrivateIpAddress;
  }
}
