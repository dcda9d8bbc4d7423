import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverFolder } from "./emulator";
import type { Environment } from "../terraform/find-program";
import { awsProvider, findProvider, type ProviderMirror } from "./find-provider";
import { findPython } from "./find-python";
import { findTerraform, type Terraform } from "../terraform/find-terraform";
import { pythonEnvironment } from "./python-environment";

/** What this machine has for the emulated level. */
export interface Bed {
  readonly terraform: Terraform;
  readonly provider: ProviderMirror;
  /** A Python that has the emulator's requirements. */
  readonly python: string;
}

/** Throws CannotRun with the first thing that is missing. The first call makes the Python environment, which takes about 30 s. */
export function findBed(wantedProvider: string | undefined, env: Environment, say: (text: string) => void = console.error): Bed {
  const terraform = findTerraform(env);
  const provider = findProvider(awsProvider, wantedProvider, terraform.platform, env);
  const python = pythonEnvironment(join(serverFolder(), "requirements.txt"), findPython(env), env, say);
  return { terraform, provider, python };
}

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "coppice-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
