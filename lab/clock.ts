import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../run.js";
import { agentUnit } from "./inside";

const folder = "usr/lib/coppice-lab";

/** Into the root of a machine: its agent's clock is wrong. The loader would put a machine's own right, and no machine here may. */
export function wrongBy(seconds: number): (root: string) => void {
  return (root) => {
    const dropIn = join(root, "etc/systemd/system", `${agentUnit}.d`);
    mkdirSync(dropIn, { recursive: true });
    copyFileSync(bundle("lab/wrong-clock.ts"), join(root, folder, "clock.js"));
    setClock(root, seconds);
    writeFileSync(join(dropIn, "99-lab.conf"), `[Service]\nEnvironment=NODE_OPTIONS=--require=/${folder}/clock.js\n`);
  };
}

export const setClock = (root: string, seconds: number): void => writeFileSync(join(root, folder, "clock-seconds"), String(seconds));
