import { readdirSync } from "fs";
import { join } from "path";
import type { Environment } from "../constructs/spec/environment";
import { didYouMean } from "../constructs/spec/problems";

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
 * @throws Error when there is no such file, or when it exports no `environment`
 */
export function loadEnvironment(name: string): Environment {
  const names = environmentNames();
  if (!names.includes(name)) {
    const nearest = didYouMean(name, names);
    const hint = nearest === undefined ? `there are ${names.join(", ")}` : `did you mean "${nearest}"?`;
    throw new Error(`there is no environments/${name}.ts: ${hint}`);
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() would make every synth asynchronous
  const module = require(`../environments/${name}.ts`) as { environment?: Environment };
  if (!module.environment) throw new Error(`environments/${name}.ts must export a constant named "environment"`);
  return module.environment;
}
