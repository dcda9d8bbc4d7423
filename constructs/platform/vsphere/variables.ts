import { TerraformVariable, type TerraformStack } from "cdktf";

/** What a person or a pipeline gives Terraform as `TF_VAR_<id>`, and no environment file holds. @returns the reference to it */
export function variable(stack: TerraformStack, id: string, description: string, { sensitive = false } = {}): string {
  new TerraformVariable(stack, id, { type: "string", nullable: false, sensitive, description });
  return `\${var.${id}}`;
}
