import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { depotFolder } from "../../agent/machine/paths";
import { monotonic } from "../machine";
import type { Cluster } from "./cluster";

/**
 * Waits until machines have put into the store what they had from upstream, which they do a while after their start: no fault is
 * measured beside a gigabyte of that. @throws Error when they are not through in time
 */
export async function shared(cluster: Cluster, seconds: number): Promise<void> {
  for (const end = monotonic() + seconds; ;) {
    const left = cluster.lab.groups.machines.filter(({ root }) => {
      const folder = join(root, depotFolder);
      return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".to-share"));
    });
    if (left.length === 0) return;
    if (monotonic() > end)
      throw new Error(`${left.map(({ plan }) => plan.name).join(", ")} did not share what they have within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
