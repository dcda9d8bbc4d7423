import { existsSync } from "node:fs";
import { join } from "node:path";

/** A file of this folder, from the source as well as from a bundle in a folder beside it. */
export function emulatedFile(...path: readonly string[]): string {
  const found = [join(__dirname, ...path), join(__dirname, "..", "emulated", ...path)].find((one) => existsSync(one));
  if (found === undefined) throw new Error(`no emulated/${path.join("/")} beside ${__dirname}`);
  return found;
}
