import * as z from "zod";
import { cidr } from "./cidr-shape";

/** Who runs what: the three kinds of machine. */
export const tiers = ["etcd", "masters", "workers"] as const;
export type Tier = (typeof tiers)[number];

/** `tcp/443` or `udp/30000-32767` */
export const portRange = z
  .string()
  .regex(/^(tcp|udp)\/[1-9]\d{0,4}(-[1-9]\d{0,4})?$/, "is a protocol and a port or a range: tcp/443, udp/30000-32767")
  .meta({ example: "tcp/443" });

const tier = z.enum(tiers).meta({ example: "workers" });

/**
 * A flow that machines may have beyond those that a cluster cannot live without. Flows are additive and their order
 * means nothing; what no flow allows is closed, in both directions.
 */
export const machineFlow = z.strictObject({
  /** Who opens the connection: a tier, or a block of addresses. */
  from: z.union([tier, cidr], "is a tier (etcd, masters, workers) or an IPv4 block").meta({ example: "workers" }),
  /** Who answers. One of the two ends is a tier. */
  to: z.union([tier, cidr], "is a tier (etcd, masters, workers) or an IPv4 block").meta({ example: "workers" }),
  ports: z
    .array(portRange)
    .min(1, "names at least one port")
    .meta({ example: ["tcp/443"] }),
  /** Why the flow exists; it becomes the description of the firewall rule. */
  why: z
    .string()
    .regex(/^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]{3,200}$/, "is a reason of 3 to 200 plain characters, as firewall descriptions take them")
    .meta({ example: "pods reach the mail relay" }),
});

/** Who may talk to whom, beyond the base of every cluster. */
export const intent = z.strictObject({
  machines: z.array(machineFlow).default([]),
});
export type Intent = z.output<typeof intent>;
