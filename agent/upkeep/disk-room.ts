import { statfs } from "node:fs/promises";
import { sayOnce } from "../log";
import { metrics } from "../metrics";

/** Of a file system: from here on people are told. Nothing is replaced for it, as it would come back full. */
const filling = 0.85;

/**
 * Looks at how full disks are, whether or not the machine serves: on a full one, etcd does not even start.
 * @param disks where each is mounted, by what people call it
 * @returns what people are to do, if anything
 */
export async function lookAtRoom(disks: Readonly<Record<string, string>>): Promise<string | undefined> {
  const full: Record<string, number> = {};
  for (const [disk, path] of Object.entries(disks)) {
    const found = await statfs(path).catch(() => undefined);
    if (!found) continue;
    const used = 1 - found.bavail / found.blocks;
    metrics.set("coppice_disk_used_ratio", used, { disk });
    // In steps of a twentieth, so that it is said when it gets worse.
    if (used > filling) full[disk] = Math.floor(used * 20) * 5;
  }
  const names = Object.keys(full);
  if (names.length === 0) return undefined;
  sayOnce("disks fill up", { usedPercent: full });
  return names.map((name) => `the ${name} disk is ${full[name]} % full: make room on it`).join("; ");
}
