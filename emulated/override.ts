import type { Block, Synthesized } from "../terraform/synthesized";

export const overrideFile = "ci_override.tf.json";

/** The services that a stack may call; one that is missing here still ends on loopback, by AWS_ENDPOINT_URL. */
const services = [
  ...["autoscaling", "cloudwatch", "ec2", "elbv2", "eventbridge", "iam", "kms", "logs", "route53", "s3"],
  ...["secretsmanager", "sns", "sqs", "ssm", "sts"],
];

export interface OverrideInput {
  readonly region: string;
  readonly endpoint: string;
  /** Fully qualified, so that OpenTofu reads the same mirror. */
  readonly source: string;
  readonly version: string;
}

/** What Terraform merges over the synthesized stack, which itself stays as production gets it. */
export function overrideFor(stack: Synthesized, input: OverrideInput): Block {
  const providers = stack.provider?.aws ?? [{}];
  return {
    terraform: {
      backend: { local: {} },
      required_providers: { aws: { source: input.source, version: input.version } },
    },
    provider: {
      aws: providers.map(({ alias, region }) => ({
        // Terraform merges by alias.
        ...(alias === undefined ? {} : { alias }),
        region: region ?? input.region,
        access_key: "emulated",
        secret_key: "emulated",
        skip_credentials_validation: true,
        skip_metadata_api_check: true,
        skip_region_validation: true,
        // The account id comes from the emulator's STS, so that allowed_account_ids stays in force.
        skip_requesting_account_id: false,
        s3_use_path_style: true,
        max_retries: 2,
        endpoints: [Object.fromEntries(services.map((service) => [service, input.endpoint]))],
      })),
    },
  };
}

/** The version that the stack is made for. */
export function pinnedVersion(stack: Synthesized): string | undefined {
  return stack.terraform?.required_providers?.aws?.version?.replace(/^[=\s]+/, "");
}
