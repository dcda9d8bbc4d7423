import * as z from "zod";
import { digest, instant, seatName } from "./store";

/** Objects of the store that the reconcile run and the pipeline write, and no machine reads. */

/** `reconcile`: what one reconcile run tells the next. */
export const reconcileRecord = z.strictObject({
  /** By seat: its machine is on and says nothing, since a run first saw that. By the machine's UUID: another machine begins anew. */
  silent: z.record(z.string(), z.strictObject({ machine: z.string(), since: instant, replaced: instant.optional() })),
  /** Volumes that were put aside, for people to look at and to delete. */
  retired: z.array(z.strictObject({ seat: seatName, volume: z.string(), at: instant })),
});

/** `applied`: the Terraform of the cluster's stack that was applied last. */
export const applied = z.strictObject({ sha256: digest });

export type ReconcileRecord = z.output<typeof reconcileRecord>;
