import { run } from "../run";

/** What a file system may leave of its device: it ends with a whole group of blocks, of 128 MiB at most. */
const restBytes = 128 * 2 ** 20;

/**
 * A file system on a device that was made larger, before it is mounted, takes all of it. One that cannot is as good as it was.
 * @returns what came of it; undefined when there was nothing to do
 */
export async function fill(device: string): Promise<{ readonly from: number; readonly to: number; readonly failed?: string } | undefined> {
  const said = await run("blockdev", ["--getsize64", device]);
  const head = await run("dumpe2fs", ["-h", device]);
  const [to, from] = [Number(said.out), number(head.out, "Block count") * number(head.out, "Block size")];
  if (!(to - from >= restBytes)) return undefined;
  // It refuses one that was not looked through as a whole.
  for (const [program, ...args] of [["e2fsck", "-f", "-p", device] as const, ["resize2fs", device] as const]) {
    const done = await run(program, args);
    if (done.code !== 0 && !(program === "e2fsck" && done.code === 1)) return { from, to, failed: done.said || done.out };
  }
  return { from, to };
}

function number(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+)$`, "m").exec(text)?.[1]);
}
