import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../terraform/find-program";
import type { ProviderMirror } from "./find-provider";

/** A configuration of our own, so that one that is missing or names other sources has no say. */
export function writeCliConfig(file: string, mirrors: readonly ProviderMirror[]): void {
  const blocks = mirrors.map(
    ({ folder, source }) => `  filesystem_mirror {\n    path = ${JSON.stringify(folder)}\n    include = [${JSON.stringify(source)}]\n  }\n`,
  );
  writeFileSync(file, `disable_checkpoint = true\nprovider_installation {\n${blocks.join("")}}\n`);
}

/** Folders that the user's own configuration names for providers. */
export function foldersOfUserConfig(env: Environment): string[] {
  const home = env.HOME ?? homedir();
  const files = [env.TF_CLI_CONFIG_FILE, join(home, ".terraformrc"), join(home, ".tofurc")];
  return files.flatMap((file) => (file && existsSync(file) ? foldersIn(readFileSync(file, "utf8"), home) : []));
}

function foldersIn(text: string, home: string): string[] {
  return [...text.matchAll(/^\s*(?:path|plugin_cache_dir)\s*=\s*"([^"]+)"/gm)].map(([, path = ""]) =>
    path.replace(/^(~|\$HOME)(?=\/)/, home),
  );
}
