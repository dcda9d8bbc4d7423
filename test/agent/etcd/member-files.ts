import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

export const token = "0123456789abcdef0123456789abcdef";

/** As the agent does before etcd first starts in a folder. */
export const mark = (folder: string) => writeFileSync(join(folder, "incarnation.json"), JSON.stringify({ number: 3, token }));

export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await closed;
}

export const flip = (byte: number) => byte ^ 0xff;

/** Damages a file. */
export function change(path: string, offset: number, length: number, to: (byte: number) => number): void {
  const file = openSync(path, "r+");
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, offset);
  writeSync(file, bytes.map(to), 0, length, offset);
  closeSync(file);
}
