import { closeSync, constants, existsSync, ftruncateSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { done, ran } from "./command";

/** A file that machines see as a disk. */
export interface Disk {
  readonly file: string;
  /** `/dev/loop3` on this computer. */
  readonly device: string;
}

const GiB = 2 ** 30;

/** A blank disk; its file takes only the room that is written to. */
export function makeDisk(folder: string, name: string, sizeGiB: number): Disk {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  const handle = openSync(file, "w");
  ftruncateSync(handle, sizeGiB * GiB);
  closeSync(handle);
  return { file, device: ran("losetup", ["--find", "--show", file]).trim() };
}

export function removeDisk({ file, device }: Disk): void {
  ran("losetup", ["--detach", device]);
  rmSync(file, { force: true });
}

/** The two numbers by which a kernel knows it. */
export function numbersOf({ device }: Disk): { readonly major: number; readonly minor: number } {
  const { rdev } = statSync(device);
  return { major: rdev >> 8, minor: rdev & 0xff };
}

/** Whether no file system on it is mounted, in whichever namespace. */
export function isFree({ device }: Disk): boolean {
  try {
    closeSync(openSync(device, constants.O_RDWR | constants.O_EXCL));
    return true;
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === "EBUSY") return false;
    throw reason;
  }
}

/** @throws Error when it is still in use after so long */
export async function freed(disk: Disk, seconds = 30): Promise<void> {
  for (let tries = 0; !isFree(disk); tries++) {
    if (tries === seconds * 20) throw new Error(`${disk.device} is still mounted somewhere`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Does something to the files of a disk that no machine uses. */
export async function opened<T>(disk: Disk, use: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = `${disk.file}.mounted`;
  mkdirSync(folder, { recursive: true });
  await done("mount", [disk.device, folder]);
  try {
    return await use(folder);
  } finally {
    await done("umount", [folder]);
  }
}

/** Devices on this computer whose file is below a folder, or was. */
export function devicesBelow(folder: string): readonly string[] {
  if (!existsSync("/dev/loop-control")) return [];
  const lines = ran("losetup", ["--list", "--noheadings", "--output", "NAME,BACK-FILE"]).split("\n");
  return lines.flatMap((line) => {
    const [device = "", file = ""] = line.trim().split(/\s+/);
    return file.startsWith(`${folder}/`) ? [device] : [];
  });
}
