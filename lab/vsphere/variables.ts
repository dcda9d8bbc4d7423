import { randomBytes } from "node:crypto";
import { unescaped } from "../synthesized";

const given = new Map<string, string>();

/** What a person gives Terraform as `TF_VAR_…`: here a secret that nobody else knows, the same one for all of a run. */
function variable(name: string): string {
  const value = given.get(name) ?? randomBytes(20).toString("hex");
  given.set(name, value);
  return value;
}

/** The one expression that settings of machines have. */
const credential = /^\$\{jsonencode\(\{accessKeyId = ("[^"]*"), secretAccessKey = var\.(\w+)\}\)\}$/;

/** A setting of a machine as Terraform would write it. */
export function valueOf(text: string): string {
  const [, key, name] = credential.exec(text) ?? [];
  if (key === undefined || name === undefined) return unescaped(text);
  return JSON.stringify({ accessKeyId: JSON.parse(key) as string, secretAccessKey: variable(name) });
}
