import { readdirSync } from "fs";
import { join } from "path";
import type { Environment } from "../constructs/spec/environment";

/** Holds for the source, `stacks/`, and for the bundle, `.build/`: both lie one folder below the root. */
const root = join(__dirname, "..");

/** The environments are the files of one folder: a new one is made by copying one. `base.ts` is what they share. */
export function environmentNames(): readonly string[] {
  return readdirSync(join(root, "environments"))
    .filter((file) => file.endsWith(".ts") && file !== "base.ts")
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

/**
 * What a person wrote; nothing of it is checked yet. The bundler finds the files by the form of this path.
 * @throws Error when the file exports no `environment`
 */
export function loadEnvironment(name: string): Environment {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() would make every synth asynchronous
  const module = require(`../environments/${name}.ts`) as { environment?: Environment };
  if (!module.environment) throw new Error(`environments/${name}.ts must export a constant named "environment"`);
  return module.environment;
}
