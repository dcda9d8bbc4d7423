import { join } from "node:path";
import { environmentNames } from "../stacks/environments";
import { synthesize, type SynthesizedStack } from "../stacks/synthesize";
import { findBed, temporaryFolder } from "./bed";
import { CannotRun } from "../terraform/cannot-run";
import { cycle } from "./cycle";
import type { Environment } from "../terraform/find-program";
import type { Line } from "../measured/line";
import { pinnedVersion } from "./override";
import type { Progress } from "./progress";
import { readSynthesized } from "../terraform/synthesized";

export interface Tried {
  readonly lines: readonly Line[];
  /** What the figures were measured with. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Synthesizes an environment, without and with protection, and takes it through the whole cycle. */
export async function tryEnvironment(environment: string, progress: Progress, env: Environment, signal?: AbortSignal): Promise<Tried> {
  const temporary = temporaryFolder();
  try {
    const open = synthesizeWith(environment, false, join(temporary.path, "open"));
    const locked = synthesizeWith(environment, true, join(temporary.path, "protected"));
    const [cluster] = open.filter(({ kind }) => kind === "cluster");
    if (!cluster) throw new Error(`${environment} has no cluster stack`);
    const { placement } = cluster;
    if (!("account" in placement)) throw new CannotRun(`${environment} is not on AWS`, "only AWS is emulated so far");
    const { account, region } = placement;
    const pinned = pinnedVersion(readSynthesized(cluster.dir));
    const bed = findBed(pinned, env);
    const addons = open.filter(({ kind }) => kind === "addons").map(({ name, dir }) => ({ name, dir }));
    const protectedDir = locked.find(({ name }) => name === cluster.name)?.dir;
    const stacks = [{ name: cluster.name, dir: cluster.dir, ...(protectedDir === undefined ? {} : { protectedDir }) }, ...addons];
    const lines = await cycle({ stacks, account, region, bed, env, progress, ...(signal ? { signal } : {}) });
    const versions = {
      terraform: bed.terraform.version,
      aws: bed.provider.version,
      ...(pinned === undefined ? {} : { "aws pinned": pinned }),
    };
    return { lines, versions };
  } finally {
    temporary.remove();
  }
}

/** The protection that the environment asks for has no say: the cycle needs both. */
function synthesizeWith(name: string, protect: boolean, outdir: string): SynthesizedStack[] {
  if (!environmentNames().includes(name)) {
    throw new Error(`there is no environments/${name}.ts; there are ${environmentNames().join(", ")}`);
  }
  return synthesize(outdir, { only: [name], protect });
}
