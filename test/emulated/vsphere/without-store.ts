import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSynthesized, stackFile, type Block } from "../../../terraform/synthesized";

/** A copy of a stack on vSphere without the objects of its store and their provider. @returns its folder */
export function withoutStore(stackDir: string, folder: string): string {
  const { terraform, provider, resource, ...others } = readSynthesized(stackDir);
  const without = <T>(all: Readonly<Record<string, T>> = {}, name: string): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
  const stack: Block = {
    ...others,
    terraform: { ...terraform, required_providers: without(terraform?.required_providers, "aws") },
    provider: without(provider, "aws"),
    resource: without(resource, "aws_s3_object"),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, stackFile), JSON.stringify(stack));
  return folder;
}
