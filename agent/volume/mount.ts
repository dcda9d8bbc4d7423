import { access, readFile } from "node:fs/promises";

export interface Mount {
  /** Numbers of the device, `259:1`. */
  readonly device: string;
  /** The kernel has stopped writing, after an error. */
  readonly readOnly: boolean;
}

/** What is mounted on a folder, on top if there are several; the kernel's own list. https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
export async function mountOn(folder: string, list = "/proc/self/mountinfo"): Promise<Mount | undefined> {
  const lines = (await readFile(list, "utf8")).split("\n");
  const found = lines.map((line) => line.split(" ")).filter(([, , , , point]) => point === escaped(folder));
  const fields = found.at(-1);
  const device = fields?.[2];
  if (!fields || device === undefined) return undefined;
  const options = [fields[5], fields.at(-1)].flatMap((one) => (one ?? "").split(","));
  return { device, readOnly: options.some((option) => stopped.has(option)) };
}

/** Newer kernels leave `rw` in place beside the others. */
const stopped = new Set(["ro", "emergency_ro", "shutdown"]);

/** Whether the kernel still knows the device: one that was pulled out stays mounted. */
export function isThere({ device }: Mount, devices = "/sys/dev/block"): Promise<boolean> {
  return access(`${devices}/${device}`).then(
    () => true,
    () => false,
  );
}

function escaped(folder: string): string {
  return folder.replace(/[\\ \t\n]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, "0")}`);
}
