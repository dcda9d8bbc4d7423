import type { ClusterInput } from "../constructs/spec/cluster-spec";

/** What all environments of the company share. Spread it first; what an environment says itself wins. */
export const base = {
  tags: { owner: "platform", "cost-center": "4711" },
  repair: { windows: [{ days: ["tue", "wed", "thu"], from: "08:00", hours: 6 }] },
} satisfies Partial<ClusterInput>;
