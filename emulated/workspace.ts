import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Bed } from "./bed";
import { writeCliConfig } from "./cli-config";
import type { Environment } from "../terraform/find-program";
import { overrideFile, overrideFor, pinnedVersion } from "./override";
import { readSynthesized, stackFile, type Synthesized } from "../terraform/synthesized";
import { TerraformRun } from "../terraform/terraform";
import { terraformEnvironment } from "./terraform-environment";

export interface Surroundings {
  readonly bed: Bed;
  readonly region: string;
  readonly endpoint: string;
  readonly temporary: string;
  readonly env: Environment;
  readonly signal?: AbortSignal;
}

/** A copy of a synthesized stack with its override; the folder that synth wrote is never written to. */
export class Workspace {
  readonly terraform: TerraformRun;

  constructor(
    readonly name: string,
    stackDir: string,
    private readonly around: Surroundings,
  ) {
    const folder = join(around.temporary, name);
    const cliConfig = join(around.temporary, "terraformrc");
    mkdirSync(folder, { recursive: true });
    writeCliConfig(cliConfig, around.bed.provider.folder);
    const env = terraformEnvironment(around.env, cliConfig, around.endpoint, around.temporary);
    this.terraform = new TerraformRun(around.bed.terraform.program, folder, env, around.signal);
    this.take(stackDir);
  }

  /** Takes the files of a synthesized stack, at first or in place of those before. */
  take(stackDir: string): void {
    // A lock file beside the stack would hold on to the pinned provider version.
    cpSync(stackDir, this.terraform.folder, { recursive: true, force: true, filter: (file) => !basename(file).startsWith(".terraform") });
    const { endpoint, region, bed } = this.around;
    const { source, version } = bed.provider;
    this.write(overrideFile, overrideFor(readSynthesized(stackDir), { region, endpoint, source, version }));
  }

  synthesized(): Synthesized {
    return readSynthesized(this.terraform.folder);
  }

  replaceStack(stack: Synthesized): void {
    this.write(stackFile, stack);
  }

  /** "hashicorp/aws 6.25.0 wanted, 5.100.0 found"; empty when both are the same. */
  versionDifference(): string {
    const wanted = pinnedVersion(this.synthesized());
    const { source, version } = this.around.bed.provider;
    return wanted === undefined || wanted === version ? "" : `made for ${source} ${wanted}, runs with ${version}`;
  }

  private write(file: string, content: unknown): void {
    writeFileSync(join(this.terraform.folder, file), JSON.stringify(content, null, 2));
  }
}
