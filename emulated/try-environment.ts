import { join } from "node:path";
import { environmentNames, loadEnvironment } from "../stacks/environments";
import { synthesize, type SynthesizedStack } from "../stacks/synthesize";
import { findBed, temporaryFolder } from "./bed";
import { emulationOf } from "./clouds";
import { cycle } from "./cycle";
import type { Environment } from "../terraform/find-program";
import type { Line } from "../measured/line";
import type { Progress } from "./progress";
import { requiredProviders } from "./required-providers";
import { readSynthesized } from "../terraform/synthesized";

export interface Tried {
  readonly lines: readonly Line[];
  /** What the figures were measured with. */
  readonly versions: Readonly<Record<string, string>>;
  readonly notProven: string;
}

/**
 * Synthesizes an environment, without and with protection, and takes it through the whole cycle.
 * @param asked its name, or a cloud: the first environment on it that asks for protection, else the first
 */
export async function tryEnvironment(asked: string, progress: Progress, env: Environment, signal?: AbortSignal): Promise<Tried> {
  const environment = environmentFor(asked);
  const temporary = temporaryFolder();
  try {
    const open = synthesizeWith(environment, false, join(temporary.path, "open"));
    const locked = synthesizeWith(environment, true, join(temporary.path, "protected"));
    const [cluster] = open.filter(({ kind }) => kind === "cluster");
    if (!cluster) throw new Error(`${environment} has no cluster stack`);
    const required = requiredProviders(readSynthesized(cluster.dir));
    const bed = findBed(required, env);
    const emulation = emulationOf(cluster.placement, env);
    const addons = open.filter(({ kind }) => kind === "addons").map(({ name, dir }) => ({ name, dir }));
    const protectedDir = locked.find(({ name }) => name === cluster.name)?.dir;
    const stacks = [{ name: cluster.name, dir: cluster.dir, ...(protectedDir === undefined ? {} : { protectedDir }) }, ...addons];
    const lines = await cycle({ stacks, emulation, bed, env, progress, ...(signal ? { signal } : {}) });
    const versions = required.flatMap(({ name, source, version: pinned }) => [
      ...bed.providers.filter((one) => one.source === source).map(({ version }) => [name, version]),
      ...(pinned === undefined ? [] : [[`${name} pinned`, pinned]]),
    ]);
    return {
      lines,
      versions: { terraform: bed.terraform.version, ...(Object.fromEntries(versions) as Record<string, string>) },
      notProven: emulation.notProven,
    };
  } finally {
    temporary.remove();
  }
}

function environmentFor(asked: string): string {
  const all = environmentNames();
  if (all.includes(asked)) return asked;
  const onCloud = all.filter((name) => loadEnvironment(name).cluster.placement.cloud === asked);
  const found = onCloud.find((name) => loadEnvironment(name).protect) ?? onCloud[0];
  if (found === undefined) throw new Error(`there is no environments/${asked}.ts; there are ${all.join(", ")}, and their clouds`);
  return found;
}

/** The protection that the environment asks for has no say: the cycle needs both. */
function synthesizeWith(name: string, protect: boolean, outdir: string): SynthesizedStack[] {
  return synthesize(outdir, { only: [name], protect });
}
