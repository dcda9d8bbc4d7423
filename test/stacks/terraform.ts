import { App } from "cdktf";
import { mkdtempSync, readFileSync, rmSync } from "fs";
import { tmpdir } from "os";
import { join } from "path";
import { addStacks, readChecked } from "../../stacks/synthesize";

/** Digest of no agent: what machines run is not what these tests are about. */
export const agent = "a".repeat(64);

export type Block = Readonly<Record<string, unknown>>;
/** Resources by type and id. */
export type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** A stack as Terraform reads it. */
export interface Terraform {
  readonly resource: Blocks;
  readonly data?: Blocks;
  readonly variable?: Readonly<Record<string, Block>>;
  readonly output?: Readonly<Record<string, Block>>;
  readonly provider: Readonly<Record<string, readonly Block[]>>;
  readonly terraform: Block;
}

export interface Written {
  readonly cluster: string;
  readonly addons: string;
}

/** The files that an environment becomes, by the very way that `npm run synth` goes. */
export function synthesizeText(name: string, environment: unknown): Written {
  const outdir = mkdtempSync(join(tmpdir(), "coppice-synth-"));
  try {
    const app = new App({ outdir });
    addStacks(app, name, readChecked(name, environment), agent);
    app.synth();
    const read = (stack: string): string => readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8");
    return { cluster: read(name), addons: read(`${name}-addons`) };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

export function synthesizeCluster(name: string, environment: unknown): Terraform {
  return JSON.parse(synthesizeText(name, environment).cluster) as Terraform;
}

/** Every resource and data source with its address. */
export function addresses({ resource, data = {} }: Terraform): Readonly<Record<string, Block>> {
  const of = (blocks: Blocks, prefix: string): [string, Block][] =>
    Object.entries(blocks).flatMap(([type, byId]) =>
      Object.entries(byId).map(([id, block]): [string, Block] => [`${prefix}${type}.${id}`, block]),
    );
  return Object.fromEntries([...of(resource, ""), ...of(data, "data.")]);
}
