import type { TerraformStack } from "cdktf";

/** Native locks of the S3 backend need 1.11; OpenTofu counts alike. */
export function requireTerraform(stack: TerraformStack): void {
  stack.addOverride("terraform.required_version", ">= 1.11.0");
}
