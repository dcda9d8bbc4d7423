import type { Environment } from "../../terraform/find-program";
import type { Block } from "../../terraform/synthesized";

/** The services that a stack may call; one that is missing here still ends on loopback, by AWS_ENDPOINT_URL. */
const services = [
  ...["autoscaling", "cloudwatch", "ec2", "elbv2", "eventbridge", "iam", "kms", "logs", "route53", "s3"],
  ...["secretsmanager", "sns", "sqs", "ssm", "sts"],
];

/** What is merged over a block of the AWS provider, so that it asks the emulator and nobody else. */
export function awsOnLoopback(endpoint: string, otherRegion: string): (block: Block) => Block {
  return ({ region }) => ({
    region: region ?? otherRegion,
    access_key: "emulated",
    secret_key: "emulated",
    skip_credentials_validation: true,
    skip_metadata_api_check: true,
    skip_region_validation: true,
    // The account id comes from the emulator's STS, so that allowed_account_ids stays in force.
    skip_requesting_account_id: false,
    s3_use_path_style: true,
    max_retries: 2,
    endpoints: [Object.fromEntries(services.map((service) => [service, endpoint]))],
  });
}

/** What the provider reads beside its block: nothing of the user's. */
export function awsEnvironment(endpoint: string): Environment {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
}
