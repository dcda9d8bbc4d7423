import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../terraform/find-program";
import { findProvider, type ProviderMirror } from "./find-provider";
import { findTerraform, type Terraform } from "../terraform/find-terraform";
import type { RequiredProvider } from "./required-providers";

/** What this machine has of Terraform. */
export interface Bed {
  readonly terraform: Terraform;
  /** One for each provider that the stacks require. */
  readonly providers: readonly ProviderMirror[];
}

/** @throws CannotRun with the first thing that is missing */
export function findBed(required: readonly Pick<RequiredProvider, "source" | "version">[], env: Environment): Bed {
  const terraform = findTerraform(env);
  const wanted = new Map(required.map(({ source, version }) => [source, version]));
  return { terraform, providers: [...wanted].map(([source, version]) => findProvider(source, version, terraform.platform, env)) };
}

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "coppice-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
