import type { Flow } from "./flows";
import { tiers } from "./intent";
import { port } from "./ports";

/** Where health checks of groups and of internal load balancers come from: https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges */
export const probes = ["35.191.0.0/16", "130.211.0.0/22"] as const;
/** And those of external passthrough load balancers; same page. */
export const publicProbes = ["35.191.0.0/16", "209.85.152.0/22", "209.85.204.0/22"] as const;
/** Where Identity-Aware Proxy opens connections from: https://cloud.google.com/iap/docs/using-tcp-forwarding */
export const iap = "35.235.240.0/20";

/** What Google itself opens: groups look at the agents of their machines, and people come through its proxy. */
export const googleFlows: readonly Flow[] = [
  ...tiers.flatMap((to) =>
    probes.map((from) => ({
      from,
      to,
      ports: [`tcp/${port.agentHealth}`],
      why: "groups replace a machine whose agent is silent for long",
    })),
  ),
  { from: iap, to: "masters", ports: [`tcp/${port.api}`], why: "people reach an API server through Identity-Aware Proxy" },
];
