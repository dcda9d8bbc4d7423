import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Bed } from "./bed";
import { writeCliConfig } from "./cli-config";
import type { EmulatedCloud } from "./cloud";
import type { Environment } from "../terraform/find-program";
import { overrideFile, overrideFor } from "./override";
import { requiredProviders } from "./required-providers";
import { readSynthesized, stackFile, type Synthesized } from "../terraform/synthesized";
import { TerraformRun } from "../terraform/terraform";
import { terraformEnvironment } from "./terraform-environment";

export interface Surroundings {
  readonly bed: Bed;
  readonly cloud: Pick<EmulatedCloud, "providers" | "environment">;
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
    writeCliConfig(cliConfig, around.bed.providers);
    const env = terraformEnvironment(around.env, cliConfig, around.temporary, around.cloud.environment);
    this.terraform = new TerraformRun(around.bed.terraform.program, folder, env, around.signal);
    this.take(stackDir);
  }

  /** Takes the files of a synthesized stack, at first or in place of those before. */
  take(stackDir: string): void {
    // A lock file beside the stack would hold on to the pinned provider version.
    cpSync(stackDir, this.terraform.folder, { recursive: true, force: true, filter: (file) => !basename(file).startsWith(".terraform") });
    const { bed, cloud } = this.around;
    this.write(overrideFile, overrideFor(readSynthesized(stackDir), bed.providers, cloud.providers));
  }

  synthesized(): Synthesized {
    return readSynthesized(this.terraform.folder);
  }

  replaceStack(stack: Synthesized): void {
    this.write(stackFile, stack);
  }

  /** Providers that were found in another version than the stack is made for. */
  versionDifferences(): string[] {
    return requiredProviders(this.synthesized()).flatMap(({ source, version: wanted }) => {
      const found = this.around.bed.providers.find((one) => one.source === source)?.version;
      return wanted === undefined || wanted === found ? [] : [`made for ${source} ${wanted}, runs with ${found}`];
    });
  }

  private write(file: string, content: unknown): void {
    writeFileSync(join(this.terraform.folder, file), JSON.stringify(content, null, 2));
  }
}
