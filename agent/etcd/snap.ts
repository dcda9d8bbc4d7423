import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32c } from "./crc32c";
import { Malformed, Message } from "./protobuf";

/** A snapshot of the members, a few kilobytes; the database itself is beside it. */
export interface SnapFile {
  readonly path: string;
  readonly term: number;
  readonly index: number;
}

/** The newest first. */
export async function snapFilesIn(folder: string): Promise<readonly SnapFile[]> {
  const names = await readdir(folder).catch((reason: NodeJS.ErrnoException) => {
    if (reason.code === "ENOENT") return [];
    throw reason;
  });
  const files = names.flatMap((name) => {
    const [, term, index] = /^([0-9a-f]{16})-([0-9a-f]{16})\.snap$/.exec(name) ?? [];
    return term && index ? [{ path: join(folder, name), term: parseInt(term, 16), index: parseInt(index, 16) }] : [];
  });
  return files.sort((a, b) => b.term - a.term || b.index - a.index);
}

/** Whether a file has the sum that it names; etcd passes over one that has not. */
export async function isWhole({ path }: SnapFile): Promise<boolean> {
  try {
    const file = new Message(await readFile(path));
    const data = file.bytesOf(2);
    return data !== undefined && crc32c(data) === file.number(1);
  } catch (reason) {
    if (reason instanceof Malformed) return false;
    throw reason;
  }
}
