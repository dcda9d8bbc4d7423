import { open, type FileHandle } from "node:fs/promises";
import { run } from "../run";

/** What a device holds. */
export type Content =
  /** No signature that anybody knows, and nothing at either end: never used. */
  | { readonly kind: "blank" }
  | { readonly kind: "ext4"; readonly label: string }
  | { readonly kind: "foreign"; readonly what: string }
  | { readonly kind: "unreadable"; readonly reason: string };

const MiB = 2 ** 20;

/** Of blkid: it knows no signature on the device. */
const nothingFound = 2;

export async function probe(device: string): Promise<Content> {
  const untouched = await hasEmptyEnds(device);
  if (typeof untouched !== "boolean") return untouched;
  const found = await run("blkid", ["-p", "-o", "export", device]);
  if (found.code === nothingFound) return untouched ? { kind: "blank" } : { kind: "foreign", what: "bytes that no program claims" };
  if (found.code !== 0) return { kind: "foreign", what: `what blkid cannot tell (${found.said || found.code})` };
  const values = new Map(found.out.split("\n").map((line) => [line.split("=")[0] ?? "", line.slice(line.indexOf("=") + 1)]));
  const [type, label] = [values.get("TYPE"), values.get("LABEL")];
  if (type === "ext4" && label !== undefined) return { kind: "ext4", label };
  return { kind: "foreign", what: [type ?? values.get("PTTYPE") ?? "something", label].filter(Boolean).join(" named ") };
}

async function hasEmptyEnds(device: string): Promise<boolean | Extract<Content, { kind: "unreadable" }>> {
  let file: FileHandle | undefined;
  try {
    file = await open(device, "r");
    const size = await sizeOf(file);
    if (size === 0) return { kind: "unreadable", reason: `${device} has no bytes` };
    return (await isZero(file, 0, size)) && (await isZero(file, Math.max(0, size - MiB), size));
  } catch (reason) {
    return { kind: "unreadable", reason: String(reason) };
  } finally {
    await file?.close();
  }
}

/** A device tells its size only by where its end is: what `stat` says of it is 0. */
async function sizeOf(file: FileHandle): Promise<number> {
  let [low, high] = [0, 2 ** 50];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { bytesRead } = await file.read(Buffer.alloc(1), 0, 1, middle);
    if (bytesRead === 1) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function isZero(file: FileHandle, offset: number, size: number): Promise<boolean> {
  const length = Math.min(MiB, size - offset);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  return bytesRead === length && buffer.every((byte) => byte === 0);
}
