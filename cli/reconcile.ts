import { notApplied } from "./reconcile/applied";
import type { Cluster } from "./cluster";
import { openRun, type RunInput } from "./reconcile/open";
import { reconcile } from "./reconcile/run";
import { ending, reportLines } from "./reconcile/text";

export interface ReconcileOptions extends RunInput {
  readonly say: (line: string) => void;
}

/**
 * Looks at a cluster once, and heals what only Terraform can.
 * @returns exit code: 0 when nothing is left to do or it waits its turn, 1 when a person must look
 * @throws Error that says what is missing
 */
export async function reconcileOnce(cluster: Cluster, { say, ...input }: ReconcileOptions): Promise<0 | 1> {
  const run = openRun(cluster, input);
  const other = await notApplied(cluster.objects, run.terraform.folder);
  if (other !== undefined) {
    say(`refused: ${other}`);
    return 1;
  }
  try {
    const report = await reconcile(run);
    for (const line of reportLines(report)) say(line);
    const { code, line } = ending({ ...report, dryRun: run.dryRun });
    say(line);
    return code;
  } finally {
    run.terraform.end();
  }
}
