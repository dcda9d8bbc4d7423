import type { AgentFile, NodeFile, NodeUnit } from "../spec/role-configuration";
import { waitForFiles } from "./paths";

/** Every absolute path in a text; a trailing full stop or comma belongs to the sentence around it. */
export function pathsIn(text: string): readonly string[] {
  return [...text.matchAll(/(?<![\w.:/@}*])\/[\w.@+-]+(?:\/[\w.@+-]+)*/g)].map(([path]) => path.replace(/[.,]+$/, ""));
}

/** The files that a unit reads: those that it names, and those that its own configuration files name. */
export function filesRead(unit: NodeUnit, files: readonly NodeFile[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (text: string): void => {
    for (const path of pathsIn(text).filter((one) => !found.has(one))) {
      found.add(path);
      const file = files.find((one) => one.path === path);
      if (file) visit(file.text);
    }
  };
  visit(unit.text);
  return found;
}

/** The unit, held back until the agent has written what it reads. */
export function waiting(unit: NodeUnit, files: readonly NodeFile[], agentFiles: readonly AgentFile[]): NodeUnit {
  const read = filesRead(unit, files);
  const paths = agentFiles.map((file) => file.path).filter((path) => read.has(path));
  if (paths.length === 0) return unit;
  // "+" runs it outside of the sandbox and as root: the files of another user are in folders that the unit's user may not enter.
  const wait = `ExecStartPre=+${[waitForFiles, ...paths].join(" \\\n  ")}\nTimeoutStartSec=infinity\n`;
  return { ...unit, text: unit.text.replace("[Service]\n", `[Service]\n${wait}`) };
}
